// Decodes a ticket with npos: its text as GB18030, and what its QR code says, as JSON.
// Usage: node npos.mjs FILE

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
// The parser alone: the package's main file wants a USB driver.
const Parser = require("npos/lib/parser");
const rules = require("npos/lib/parser/rules");
const iconv = require("iconv-lite");

// npos has no rule for two-dimensional codes: GS ( k, a length of two bytes, then that many.
const GS = 0x1d;
rules[GS]["(k"] = [0, "d16"];

const raw = readFileSync(process.argv[2]);
const { tree, error } = new Parser(rules).analyze(raw);
if (error) throw error;

const bytesOf = (node) => raw.subarray(node.offset, node.offset + node.length);
const text = tree.filter((node) => node.ascii === "STX").map(bytesOf);
// GS ( k pL pH 49 80 48 stores what the code says.
const stores = tree.filter((node) => node.fn === "(k").map(bytesOf);
const code = stores.filter((bytes) => bytes[6] === 80).map((bytes) => bytes.subarray(8).toString());

console.log(
  JSON.stringify({
    text: text.map((bytes) => iconv.decode(bytes, "GB18030")).join(""),
    code: code.join(""),
    commands: tree.filter((node) => node.ascii !== "STX").map((node) => node.ascii + node.fn),
  }),
);
