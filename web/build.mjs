// Bundles the browser's files into a folder: content-hashed names, brotli bodies, and manifest.tsv (name, file, type).
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "dist");
const browsers = ["chrome123", "firefox120", "safari17.5"];

async function bundle(entry, options = {}) {
  const result = await build({
    entryPoints: [join(here, entry)],
    bundle: true,
    minify: true,
    write: false,
    legalComments: "none",
    target: browsers,
    logLevel: "warning",
    ...options,
  });
  return result.outputFiles[0].contents;
}

function sprite() {
  const wanted = JSON.parse(readFileSync(join(here, "icons.json"), "utf8"));
  const symbols = wanted.map((name) => {
    const file = join(here, "node_modules/@tabler/icons/icons/outline", `${name}.svg`);
    const drawing = readFileSync(file, "utf8").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
    const shapes = drawing.replace(/<path stroke="none"[^>]*\/>/g, "").replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
  });
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
}

function mark() {
  return readFileSync(join(here, "mark.svg"));
}

const files = [
  ["app.js", "text/javascript; charset=utf-8", await bundle("src/app.ts", { format: "esm" })],
  ["run.js", "text/javascript; charset=utf-8", await bundle("src/run/main.ts", { format: "esm" })],
  ["run.css", "text/css; charset=utf-8", await bundle("css/outdoors.css")],
  ["run-worker.js", "text/javascript; charset=utf-8", await bundle("src/run/worker.ts", { format: "iife" })],
  ["theme.js", "text/javascript; charset=utf-8", await bundle("src/theme.ts", { format: "iife" })],
  ["app.css", "text/css; charset=utf-8", await bundle("css/app.css")],
  ["icons.svg", "image/svg+xml", sprite()],
  ["mark.svg", "image/svg+xml", mark()],
];

mkdirSync(out, { recursive: true });
for (const old of readdirSync(out)) rmSync(join(out, old), { recursive: true });
const rows = files.map(([name, type, body]) => {
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 10);
  const file = name.replace(".", `-${hash}.`);
  writeFileSync(join(out, file), body);
  writeFileSync(join(out, `${file}.br`), brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  return [name, file, type].join("\t");
});
writeFileSync(join(out, "manifest.tsv"), `${rows.join("\n")}\n`);
