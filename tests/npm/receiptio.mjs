// Prints a receipt with receiptio on 127.0.0.1:PORT and says what it made of the printer.
// Usage: node receiptio.mjs PORT

import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const net = require("node:net");

// receiptio knows the port 9100 only; tests listen on a free one.
const port = Number(process.argv[2]);
const connect = net.connect;
net.connect = (_, host) => connect.call(net, port, host);

const { print } = require("receiptio");
const receipt = "Service Hall\n\n^^^A012\n\nPay an electricity bill\n";
console.log(await print(receipt, "-d 127.0.0.1 -p escpos -c 48 -l en -t 10"));
