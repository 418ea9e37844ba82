pragma circom 2.2.0;

include "../lib/hash.circom";
include "../lib/notes.circom";
include "../lib/range.circom";
include "../lib/shared.circom";
include "../lib/state.circom";
include "../lib/tree8.circom";

/*
 * "I know the secrets of a note in this state", without saying which.
 *
 * In the private form somebody vouches for the note's account: it is one of an association set. In the public form,
 * associationRoot = 0, the account itself is shown.
 *
 * An empty leaf of the note tree is 0, and no note hashes to 0: that would be a preimage. So a claim needs no comparison
 * of its place with noteCount.
 *
 * @param D, N                  depth of the account tree, which is that of an association set; of the note tree
 *
 * Public
 * @input domain                - {field} - bound, CLM-6
 * @input stateRoot             - {field} - one that ended a batch: L1
 * @input nullifierHash         - {field} - spent once: L1
 * @input amount                - {uint64} - enforced here
 * @input associationRoot       - {field} - 0, or one that a provider published: L1
 * @input label                 - {uint24} - the note's in the public form, else 0
 * @input context               - {field} - recipient, relayer and fee: L1; bound, CLM-6
 *
 * Private
 * @input accountsRoot, noteCount, custodyCommit   - the rest of stateRoot, opened here
 * @input noteLabel             - {uint24} - from the note
 * @input nullifier, secret     - {field}
 * @input noteIndex             - {uint 3·N} - enforced here
 * @input noteChild[N][8]       - {field} - the note's path
 * @input memberChild[D][8]     - {field} - the path of the note's account in the association set; in the public form of
 *                                any tree that holds it
 */
template Withdraw(D, N) {
    signal input domain;
    signal input stateRoot;
    signal input nullifierHash;
    signal input amount;
    signal input associationRoot;
    signal input label;
    signal input context;
    signal input accountsRoot;
    signal input noteCount;
    signal input custodyCommit;
    signal input noteLabel;
    signal input nullifier;
    signal input secret;
    signal input noteIndex;
    signal input noteChild[N][8];
    signal input memberChild[D][8];

    // A: a proof for one domain or context is none for another (CLM-6)
    signal bound[2];
    bound[0] <== domain * domain;
    bound[1] <== context * context;

    // B: the note, which stands at its place in this state (CLM-1, CLM-3)
    Range(BITS_AMOUNT())(amount);
    signal precommit <== Hash(2, TAG_PRE())([nullifier, secret]);
    signal note <== NoteHash()(amount, noteLabel, precommit);
    signal notesRoot <== RootAt8(N)(note, noteIndex, noteChild);
    signal root <== StateHash()(accountsRoot, notesRoot, noteCount, custodyCommit);
    stateRoot === root;

    // C: one note, one nullifier hash (CLM-2)
    signal spent <== Hash(2, TAG_NULL())([nullifier, noteIndex]);
    nullifierHash === spent;

    // D: the private form: the account is one of the set, wherever it stands (CLM-4)
    signal member <== Hash(1, TAG_ASSOC())([noteLabel]);
    signal association <== RootAround8(D)(member, memberChild);
    associationRoot * (associationRoot - association) === 0;

    // E: the public form shows the account, the private form shows 0 (CLM-5)
    signal shown <== IsZero()(associationRoot);
    label === shown * noteLabel;
}
