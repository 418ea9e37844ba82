// Makes a real snarkjs proof for tests/vectors/groth16/factors.circom, from a setup of its own.
// Run from the repository's root:   node tests/vectors/make_groth16.mjs
// The setup draws fresh randomness, so all files change together.

import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const snarkjs = require("snarkjs");
const root = fileURLToPath(new URL("../..", import.meta.url));
const out = new URL("groth16/", import.meta.url);
// circom2 sees nothing outside the directory it runs in.
const scratch = mkdtempSync(join(root, ".groth16-"));

try {
  const compiler = join(require.resolve("circom2/package.json"), "..", "cli.js");
  const source = relative(root, fileURLToPath(new URL("factors.circom", out)));
  execFileSync(process.execPath, [compiler, source, "--r1cs", "--wasm", "-o", relative(root, scratch)], { cwd: root });
  const file = (name) => join(scratch, name);

  const curve = await snarkjs.curves.getCurveFromName("bn128");
  const entropy = () => randomBytes(32).toString("hex");
  await snarkjs.powersOfTau.newAccumulator(curve, 4, file("tau0.ptau"));
  await snarkjs.powersOfTau.contribute(file("tau0.ptau"), file("tau1.ptau"), "test", entropy());
  await snarkjs.powersOfTau.preparePhase2(file("tau1.ptau"), file("tau.ptau"));
  await snarkjs.zKey.newZKey(file("factors.r1cs"), file("tau.ptau"), file("circuit0.zkey"));
  await snarkjs.zKey.contribute(file("circuit0.zkey"), file("circuit.zkey"), "test", entropy());

  const input = { product: "391", label: "42", a: "17", b: "23" };
  const { proof, publicSignals } = await snarkjs.groth16.fullProve(
    input, join(scratch, "factors_js", "factors.wasm"), file("circuit.zkey"),
  );
  const key = await snarkjs.zKey.exportVerificationKey(file("circuit.zkey"));
  const uncontributed = await snarkjs.zKey.exportVerificationKey(file("circuit0.zkey"));
  if (!(await snarkjs.groth16.verify(key, publicSignals, proof))) throw new Error("snarkjs refuses its own proof");

  const save = (name, value) => writeFileSync(new URL(name, out), JSON.stringify(value, null, 1) + "\n");
  save("verification_key.json", key);
  save("verification_key_uncontributed.json", uncontributed);
  save("proof.json", proof);
  save("public.json", publicSignals);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(0); // snarkjs leaves worker threads behind that would keep the process alive
