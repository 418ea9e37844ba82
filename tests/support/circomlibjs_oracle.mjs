// circomlibjs as an oracle: an independent implementation to compare ours with. Tests only.
//
// As a program it answers one JSON request a line, so that a whole test session needs one process:
//   {"verb": "poseidon", "inputs": ["1", "2"], "outputs": 1, "tag": "0"}   →   {"result": ["7853…"]}
// As a module it exports the same verbs (`buildOracle`), which tests/vectors/make_vectors.mjs records.
// Field elements and scalars travel as decimal strings, bytes as 0x-hexadecimal.

import { pathToFileURL } from "node:url";
import { createInterface } from "node:readline";
import { realpathSync } from "node:fs";
import { createRequire } from "node:module";

const resolve = createRequire(import.meta.url);
const { buildPoseidon, buildEddsa, buildBabyjub } = await import(pathToFileURL(resolve.resolve("circomlibjs")).href)
  .then((module) => module.default ?? module);
// blake-hash and ethers come with circomlibjs.
const besideCircomlibjs = createRequire(resolve.resolve("circomlibjs"));
const createBlakeHash = besideCircomlibjs("blake-hash");
const { utils: ethers } = besideCircomlibjs("ethers");

const toHex = (bytes) => "0x" + Buffer.from(bytes).toString("hex");
const fromHex = (text) => Buffer.from(text.replace(/^0x/, ""), "hex");

export async function buildOracle() {
  const sponge = await buildPoseidon();
  const eddsa = await buildEddsa();
  const curve = await buildBabyjub();
  const field = curve.F;

  const element = (text) => field.e(BigInt(text));
  const text = (value) => field.toObject(value).toString();
  const point = (pair) => pair.map(element);
  const pair = (value) => value.map(text);

  function poseidon({ inputs, outputs = 1, tag = "0" }) {
    const result = sponge(inputs.map(element), element(tag), outputs);
    return outputs === 1 ? [text(result)] : result.map(text);
  }

  // PROTOCOL section 3: a 16-input Poseidon over the first 16 elements, then over [hash, next 15], zero padded;
  // every block's capacity is tag + 2^32·n.
  function hash_list({ elements, tag }) {
    const capacity = (BigInt(tag) + (BigInt(elements.length) << 32n)).toString();
    const block = (items) => {
      const padded = [...items, ...Array(16 - items.length).fill("0")];
      return poseidon({ inputs: padded, tag: capacity })[0];
    };
    let hash = block(elements.slice(0, 16));
    for (let start = 16; start < elements.length; start += 15) {
      hash = block([hash, ...elements.slice(start, start + 15)]);
    }
    return hash;
  }

  // PROTOCOL section 9: one permutation of t = words + 2 elements; the last of them stays hidden.
  function stream({ key, words, tag }) {
    return poseidon({ inputs: [key, ...Array(words).fill("0")], outputs: words + 1, tag });
  }

  // PROTOCOL section 3: H[tag](8 children), an empty leaf is 0. Leaves are [index, value] pairs. The answer holds, per
  // height, the nodes that are not empty and what an empty one is.
  function tree_levels({ depth, tag, leaves }) {
    let level = { nodes: new Map(leaves.map(([index, value]) => [BigInt(index), value])), empty: "0" };
    const levels = [level];
    for (let height = 0; height < depth; height++) {
      const parent = (children) => poseidon({ inputs: children, tag })[0];
      const nodes = new Map();
      for (const index of new Set([...level.nodes.keys()].map((index) => index >> 3n))) {
        nodes.set(index, parent(childrenOf(level, index)));
      }
      level = { nodes, empty: parent(Array(8).fill(level.empty)) };
      levels.push(level);
    }
    return levels;
  }

  const nodeAt = (level, index) => level.nodes.get(index) ?? level.empty;
  const childrenOf = (level, index) => Array.from({ length: 8 }, (_, digit) => nodeAt(level, 8n * index + BigInt(digit)));
  const tree_root = (request) => nodeAt(tree_levels(request).at(-1), 0n);

  function tree_proof({ index, ...request }) {
    const levels = tree_levels(request);
    let position = BigInt(index);
    const siblings = levels.slice(0, -1).map((level) => {
      const own = Number(position & 7n);
      position >>= 3n;
      return childrenOf(level, position).filter((_, digit) => digit !== own);
    });
    return { index, leaf: nodeAt(levels[0], BigInt(index)), siblings };
  }

  function sign({ secret, message }) {
    const { R8, S } = eddsa.signPoseidon(fromHex(secret), element(message));
    return { r8: pair(R8), s: S.toString(), packed: toHex(eddsa.packSignature({ R8, S })) };
  }

  return {
    poseidon,
    hash_list,
    stream,
    tree_root,
    tree_proof,
    add: ({ left, right }) => pair(curve.addPoint(point(left), point(right))),
    multiply: ({ point: base, scalar }) => pair(curve.mulPointEscalar(point(base), BigInt(scalar))),
    pack_point: ({ point: unpacked }) => toHex(curve.packPoint(point(unpacked))),
    unpack_point: ({ packed }) => {
      const unpacked = curve.unpackPoint(new Uint8Array(fromHex(packed)));
      return unpacked === null ? null : pair(unpacked);
    },
    public_key: ({ secret }) => pair(eddsa.prv2pub(fromHex(secret))),
    sign,
    verify: ({ key, message, r8, s }) => eddsa.verifyPoseidon(element(message), { R8: point(r8), S: BigInt(s) }, point(key)),
    blake512: ({ data }) => toHex(createBlakeHash("blake512").update(fromHex(data)).digest()),
    keccak256: ({ data }) => ethers.keccak256(data),
    sign_digest: ({ secret, digest }) => {
      const signature = ethers.joinSignature(new ethers.SigningKey(secret).signDigest(digest));
      return { signature, address: ethers.computeAddress(secret).toLowerCase() };
    },
  };
}

async function serve() {
  const oracle = await buildOracle();
  for await (const line of createInterface({ input: process.stdin })) {
    let answer;
    try {
      const { verb, ...request } = JSON.parse(line);
      answer = { result: oracle[verb](request) };
    } catch (error) {
      answer = { error: String(error) };
    }
    process.stdout.write(JSON.stringify(answer) + "\n");
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  await serve();
  process.exit(0); // circomlibjs leaves worker threads behind that would keep the process alive
}
