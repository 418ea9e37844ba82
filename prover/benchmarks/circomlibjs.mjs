// Speed of circomlibjs on one core: the peer of `prover/benchmarks/crypto.py`, same quantities, same rounds.
// It has no 8-ary tree: an update is a path of seven 8-input Poseidons, none of them shared.
import { buildEddsa, buildPoseidonOpt } from "circomlibjs";

const ROUNDS = 5;
const ROUND_MILLISECONDS = 400;

function rate(operation) {
  operation();
  const rounds = Array.from({ length: ROUNDS }, () => {
    const started = performance.now();
    let calls = 0;
    let elapsed = 0;
    do {
      operation();
      calls += 1;
      elapsed = performance.now() - started;
    } while (elapsed < ROUND_MILLISECONDS);
    return (calls / elapsed) * 1000;
  });
  return Math.round(rounds.sort((a, b) => a - b)[ROUNDS >> 1] * 10) / 10;
}

const poseidon = await buildPoseidonOpt();
const eddsa = await buildEddsa();
const secret = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
const message = eddsa.F.e(42);
const key = eddsa.prv2pub(secret);
const signature = eddsa.signPoseidon(secret, message);
const children = Array.from({ length: 8 }, (_, i) => poseidon.F.e(i));

process.stdout.write(
  JSON.stringify({
    poseidon2_per_s: rate(() => poseidon([children[1], children[2]])),
    eddsa_sign_per_s: rate(() => eddsa.signPoseidon(secret, message)),
    eddsa_verify_per_s: rate(() => eddsa.verifyPoseidon(message, signature, key)),
    tree_updates_per_s: rate(() => {
      for (let level = 0; level < 7; level++) poseidon(children);
    }),
  }),
);
