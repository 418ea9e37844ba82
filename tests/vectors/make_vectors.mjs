// Records what circomlibjs answers as tests/vectors/crypto.json, the vectors that Python and Rust are held to.
// Run from the repository's root:   node tests/vectors/make_vectors.mjs
// The output is a function of this file and of circomlibjs alone: "random" inputs are hashes of their labels.

import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { buildOracle } from "../support/circomlibjs_oracle.mjs";

const oracle = await buildOracle();

const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
const L = 2736030358979909402780800718157159386076813972158567259200215660948447373041n; // order of Base8
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n; // order of secp256k1
const BASE8 = [
  "5299619240641551281634865583518297030282874472190772894086521144482721001553",
  "16950150798460657717958625567821834550301663161624707787222815936182638968203",
];
const GENERATOR = [ // of the whole curve: its order is 8·L
  "995203441582195749578291179787384436505546430278305826713579947235728471134",
  "5472060717959818805561601436314318772137091100104008585924551046643952123905",
];

const EDGES = [0n, 1n, R - 1n];
const digest = (label) => createHash("sha512").update(label).digest("hex");
const random = (label) => (BigInt("0x" + digest(label)) % R).toString();
const randoms = (label, count) => Array.from({ length: count }, (_, i) => random(`${label}/${i}`));
const secretOf = (label) => "0x" + digest(label).slice(0, 64);
const little = (value) => "0x" + Buffer.from(value.toString(16).padStart(64, "0"), "hex").reverse().toString("hex");
const word = (value) => value.toString(16).padStart(64, "0");
const negated = ([x, y]) => [((R - BigInt(x)) % R).toString(), y];

// Poseidon.

const poseidon = [];
for (let arity = 1; arity <= 16; arity++) {
  const record = (inputs, outputs, tag) =>
    poseidon.push({ inputs, tag, outputs: oracle.poseidon({ inputs, outputs, tag }) });
  for (const edge of EDGES) record(Array(arity).fill(edge.toString()), 1, "0");
  record(Array.from({ length: arity }, (_, i) => `${i + 1}`), 1, "0");
  record(randoms(`poseidon ${arity}`, arity), arity + 1, "0");
  record(randoms(`poseidon tagged ${arity}`, arity), arity, random(`tag ${arity}`));
  record(randoms(`poseidon edge tag ${arity}`, arity), 1, (R - 1n).toString());
}

const hash_list = [];
for (const n of [1, 2, 15, 16, 17, 30, 31, 32, 46, 47, 64, 100]) {
  const record = (elements, tag) => hash_list.push({ elements, tag, hash: oracle.hash_list({ elements, tag }) });
  record(randoms(`list ${n}`, n), "11");
  record(Array(n).fill("0"), "0");
  record(Array(n).fill((R - 1n).toString()), `${2 ** 32 - 1}`);
}

const stream = [];
for (let words = 1; words <= 15; words++) {
  for (const [key, tag] of [[random(`stream ${words}`), "12"], ["0", "0"], [(R - 1n).toString(), (R - 1n).toString()]]) {
    stream.push({ key, words, tag, elements: oracle.stream({ key, words, tag }) });
  }
}

// Baby Jubjub.

const identity = ["0", "1"];
const orderTwo = ["0", (R - 1n).toString()];
const orderEight = oracle.multiply({ point: GENERATOR, scalar: L });
const orderFour = oracle.add({ left: orderEight, right: orderEight });
const inSubgroup = oracle.multiply({ point: BASE8, scalar: random("point") });
const outside = oracle.multiply({ point: GENERATOR, scalar: random("point outside") });
const points = [identity, orderTwo, orderFour, orderEight, BASE8, GENERATOR, inSubgroup, negated(inSubgroup), outside];

const add = points.flatMap((left) => points.map((right) => ({ left, right, sum: oracle.add({ left, right }) })));

const scalars = ["0", "1", "2", "7", "8", L - 1n, L, L + 1n, R, 8n * L, (1n << 256n) - 1n, random("scalar")].map(String);
const multiply = [BASE8, GENERATOR, outside, orderEight, identity].flatMap((point) =>
  scalars.map((scalar) => ({ point, scalar, product: oracle.multiply({ point, scalar }) })),
);

const packing = [...points, ...randoms("packed", 8).map((scalar) => oracle.multiply({ point: GENERATOR, scalar }))].map(
  (point) => ({ point, packed: oracle.pack_point({ point }) }),
);

// EdDSA.

const eddsa = [];
const drawnSecrets = Array.from({ length: 6 }, (_, i) => secretOf(`secret ${i}`));
const secrets = ["0x" + "00".repeat(32), "0x" + "ff".repeat(32), ...drawnSecrets];
secrets.forEach((secret, i) => {
  for (const message of [...(i < 3 ? EDGES.map(String) : []), random(`message ${i}`)]) {
    eddsa.push({ secret, public_key: oracle.public_key({ secret }), message, ...oracle.sign({ secret, message }) });
  }
});

// A key with a part of small order: 8·K is still a good key, so it verifies, but only if 8·hash is never reduced mod L.
function signedWithKeyOutsideTheSubgroup(secret, message, torsion) {
  const expanded = Buffer.from(oracle.blake512({ data: secret }).slice(2), "hex").subarray(0, 32);
  expanded[0] &= 0xf8;
  expanded[31] = (expanded[31] & 0x7f) | 0x40;
  const scalar = BigInt("0x" + Buffer.from(expanded).reverse().toString("hex"));
  const key = oracle.add({ left: oracle.public_key({ secret }), right: torsion });
  const nonce = BigInt(random("nonce"));
  const r8 = oracle.multiply({ point: BASE8, scalar: nonce });
  const hash = BigInt(oracle.poseidon({ inputs: [...r8, ...key, message] })[0]);
  return { key, message, r8, s: ((nonce + hash * scalar) % L).toString() };
}

const { public_key: key, message, r8, s } = eddsa[3];
const good = { key, message, r8, s };
const verify = [
  good,
  { ...good, message: "1" },
  { ...good, key: eddsa.at(-1).public_key },
  { ...good, r8: eddsa.at(-1).r8 },
  { ...good, r8: negated(r8) },
  { ...good, r8: oracle.add({ left: r8, right: orderTwo }) }, // differs by a point of small order only
  { ...good, r8: identity },
  { ...good, s: ((BigInt(s) + 1n) % L).toString() },
  { ...good, s: "0" },
  { ...good, key: outside },
  signedWithKeyOutsideTheSubgroup(secrets[2], "5", orderTwo),
  signedWithKeyOutsideTheSubgroup(secrets[2], "5", orderEight),
].map((item) => ({ ...item, valid: oracle.verify(item) }));

// Trees.

// A tree grows through `updates`, batches of [index, leaf]; `roots` holds the root before any and after each.
function treeCase(depth, tag, updates, indices) {
  const leaves = new Map();
  const now = () => [...leaves.entries()];
  const roots = [oracle.tree_root({ depth, tag, leaves: [] })];
  for (const batch of updates) {
    for (const [index, leaf] of batch) leaves.set(index, leaf);
    roots.push(oracle.tree_root({ depth, tag, leaves: now() }));
  }
  const proofs = indices.map((index) => oracle.tree_proof({ depth, tag, leaves: now(), index }));
  return { depth, tag, updates, roots, proofs };
}

const last = (depth) => (8n ** BigInt(depth) - 1n).toString();
const scattered = (depth, count) =>
  Array.from({ length: count }, (_, i) => [
    (BigInt(random(`index ${depth} ${i}`)) % 8n ** BigInt(depth)).toString(),
    random(`leaf ${depth} ${i}`),
  ]);
const tree = [
  treeCase(1, "0", [[["0", "1"]], [["7", (R - 1n).toString()]]], ["0", "3", "7"]),
  treeCase(1, "3", [randoms("full", 8).map((leaf, index) => [`${index}`, leaf])], ["0", "5"]),
  treeCase(2, "3", [scattered(2, 12), [["9", "0"]], [["9", "4"], ["63", "5"]]], ["0", "9", "63"]), // 0 empties a leaf
  treeCase(3, "3", [scattered(3, 20), scattered(3, 30)], ["0", "511", "256"]),
  treeCase(7, "3", [scattered(7, 16), [[last(7), "1"]]], ["0", last(7), scattered(7, 1)[0][0]]),
  treeCase(8, random("tree tag"), [[["0", "1"], ["1", "2"], ["8", "3"], [last(8), "4"]]], ["0", "2", last(8)]),
  treeCase(21, "3", [[["0", "1"], [last(21), "2"]]], ["0", last(21)]),
];

// Ethereum.

const blob = (bytes) => "0x" + digest(`data ${bytes}`).repeat(8).slice(0, 2 * bytes);
const blobs = ["0x", "0x00", "0x616263", ...[31, 32, 64, 135, 136, 137, 272, 500].map(blob)];
const keccak256 = blobs.map((data) => ({ data, digest: oracle.keccak256({ data }) }));
const blake512 = [...blobs, ...[111, 112, 127, 128, 129].map((n) => "0x" + "5a".repeat(n))].map((data) => ({
  data,
  digest: oracle.blake512({ data }),
}));

const recover = Array.from({ length: 8 }, (_, i) => {
  const hash = oracle.keccak256({ data: secretOf(`signed ${i}`) });
  return { digest: hash, ...oracle.sign_digest({ secret: secretOf(`wallet ${i}`), digest: hash }) };
});

// Refusals.

const refused = [];
const refuse = (error, value, verb, request) => refused.push({ verb, ...request, error, value });
const many = (count) => Array(count).fill("1");

refuse("NotAFieldElement", R.toString(), "poseidon", { inputs: ["1", R.toString()], outputs: 1, tag: "0" });
refuse("NotAFieldElement", (R + 5n).toString(), "poseidon", { inputs: ["1"], outputs: 1, tag: (R + 5n).toString() });
refuse("WrongLength", "0", "poseidon", { inputs: [], outputs: 1, tag: "0" });
refuse("WrongLength", "17", "poseidon", { inputs: many(17), outputs: 1, tag: "0" });
refuse("WrongLength", "0", "poseidon", { inputs: many(2), outputs: 0, tag: "0" });
refuse("WrongLength", "4", "poseidon", { inputs: many(2), outputs: 4, tag: "0" });
refuse("WrongLength", "0", "hash_list", { elements: [], tag: "1" });
refuse("ScalarOutOfRange", `${2 ** 32}`, "hash_list", { elements: ["1"], tag: `${2 ** 32}` });
refuse("NotAFieldElement", R.toString(), "hash_list", { elements: [...many(20), R.toString()], tag: "1" });
refuse("WrongLength", "0", "stream", { key: "1", words: 0, tag: "1" });
refuse("WrongLength", "16", "stream", { key: "1", words: 16, tag: "1" });
refuse("NotAFieldElement", R.toString(), "stream", { key: R.toString(), words: 1, tag: "1" });

const off = ["1", "1"];
for (const small of [identity, orderTwo, orderFour, orderEight]) {
  refuse("PointOfSmallOrder", small, "check_key", { key: small });
}
refuse("PointNotOnCurve", off, "check_key", { key: off });
refuse("PointNotOnCurve", ["0", "0"], "check_key", { key: ["0", "0"] });
refuse("NotAFieldElement", R.toString(), "check_key", { key: [R.toString(), "1"] });
refuse("NotAFieldElement", (R + 1n).toString(), "check_key", { key: ["0", (R + 1n).toString()] });
refuse("PointNotOnCurve", off, "add", { left: BASE8, right: off });
refuse("PointNotOnCurve", off, "multiply", { point: off, scalar: "1" });
refuse("ScalarOutOfRange", (1n << 256n).toString(), "multiply", { point: BASE8, scalar: (1n << 256n).toString() });
refuse("WrongLength", "31", "public_key", { secret: "0x" + "01".repeat(31) });
refuse("WrongLength", "33", "sign", { secret: "0x" + "01".repeat(33), message: "1" });
refuse("NotAFieldElement", R.toString(), "sign", { secret: secrets[2], message: R.toString() });

refuse("PointNotOnCurve", off, "verify", { ...good, key: off });
for (const small of [identity, orderTwo, orderEight]) {
  refuse("PointOfSmallOrder", small, "verify", { ...good, key: small });
}
refuse("PointNotOnCurve", off, "verify", { ...good, r8: off });
refuse("NotAFieldElement", R.toString(), "verify", { ...good, r8: [R.toString(), "1"] });
refuse("ScalarOutOfRange", L.toString(), "verify", { ...good, s: L.toString() });
refuse("ScalarOutOfRange", (BigInt(s) + L).toString(), "verify", { ...good, s: (BigInt(s) + L).toString() });
const messageTwin = (BigInt(message) + R).toString();
refuse("NotAFieldElement", messageTwin, "verify", { ...good, message: messageTwin });

// Where y gives a non-square for x², no x exists: the error names the point (0, y), which is off the curve.
const notSquare = [3n, 4n, 5n, 6n, 7n].find((y) => oracle.unpack_point({ packed: little(y) }) === null);
const signBit = 1n << 255n;
refuse("PointNotOnCurve", ["0", notSquare.toString()], "unpack_point", { packed: little(notSquare) });
refuse("PointNotOnCurve", ["0", notSquare.toString()], "unpack_point", { packed: little(notSquare | signBit) });
refuse("NotAFieldElement", R.toString(), "unpack_point", { packed: little(R) });
refuse("NotAFieldElement", (R + 1n).toString(), "unpack_point", { packed: little(R + 1n) });
refuse("NotAFieldElement", (signBit - 1n).toString(), "unpack_point", { packed: "0x" + "ff".repeat(32) });
// x = 0 has no larger twin: with the sign bit set, x would be r - 0.
refuse("NotAFieldElement", R.toString(), "unpack_point", { packed: little(1n | signBit) });
refuse("NotAFieldElement", R.toString(), "unpack_point", { packed: little((R - 1n) | signBit) });
refuse("WrongLength", "31", "unpack_point", { packed: "0x" + "01".repeat(31) });
refuse("PointNotOnCurve", off, "pack_point", { point: off });

refuse("WrongLength", "0", "tree", { depth: 0, tag: "3", leaves: [] });
refuse("WrongLength", "22", "tree", { depth: 22, tag: "3", leaves: [] });
refuse("NotAFieldElement", R.toString(), "tree", { depth: 2, tag: R.toString(), leaves: [] });
refuse("NotAFieldElement", R.toString(), "tree", { depth: 2, tag: "3", leaves: [["1", "5"], ["2", R.toString()]] });
refuse("IndexOutOfRange", "64", "tree", { depth: 2, tag: "3", leaves: [["1", "5"], ["64", "5"]] });
const proof = tree[2].proofs[1];
const [lowest, highest] = proof.siblings;
refuse("IndexOutOfRange", "64", "root_of", { ...proof, index: "64", tag: "3" });
refuse("NotAFieldElement", R.toString(), "root_of", { ...proof, leaf: R.toString(), tag: "3" });
refuse("WrongLength", "6", "root_of", { ...proof, siblings: [lowest, highest.slice(1)], tag: "3" });
refuse("WrongLength", "8", "root_of", { ...proof, siblings: [[...lowest, "0"], highest], tag: "3" });
refuse("WrongLength", "0", "root_of", { ...proof, index: "0", siblings: [], tag: "3" });
const overflowing = [R.toString(), ...lowest.slice(1)];
refuse("NotAFieldElement", R.toString(), "root_of", { ...proof, siblings: [overflowing, highest], tag: "3" });

const signed = recover[0];
const [rWord, sWord, v] = [signed.signature.slice(2, 66), signed.signature.slice(66, 130), signed.signature.slice(130)];
const unrecoverable = (signature) =>
  refuse("UnrecoverableSignature", signature, "recover", { digest: signed.digest, signature });
unrecoverable("0x" + rWord + sWord + "00");
unrecoverable("0x" + rWord + sWord + "1d");
unrecoverable("0x" + word(0n) + sWord + v);
unrecoverable("0x" + word(N) + sWord + v);
unrecoverable("0x" + word(5n) + sWord + v); // no point has x = 5
unrecoverable("0x" + rWord + word(0n) + v);
unrecoverable("0x" + rWord + word(N) + v);
unrecoverable("0x" + rWord + word(N - BigInt("0x" + sWord)) + (v === "1b" ? "1c" : "1b")); // high s, else right
refuse("WrongLength", "64", "recover", { digest: signed.digest, signature: "0x" + rWord + sWord });
refuse("WrongLength", "31", "recover", { digest: signed.digest.slice(0, 64), signature: signed.signature });


const sections = {
  poseidon, hash_list, stream,
  add, multiply, packing, eddsa, verify,
  tree,
  keccak256, blake512, recover,
  refused,
};
const lines = Object.entries(sections).map(
  ([name, cases]) => `  ${JSON.stringify(name)}: [\n${cases.map((item) => "    " + JSON.stringify(item)).join(",\n")}\n  ]`,
);
writeFileSync(
  new URL("crypto.json", import.meta.url),
  `{\n  "format": "zkclear-crypto-vectors/1",\n  "oracle": "circomlibjs 0.1.7",\n${lines.join(",\n")}\n}\n`,
);
process.stdout.write(Object.entries(sections).map(([name, cases]) => `${name} ${cases.length}`).join(", ") + "\n");
process.exit(0); // circomlibjs leaves worker threads behind that would keep the process alive
