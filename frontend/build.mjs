// Makes the files that the portal serves from the locked libraries and src/: `node build.mjs OUTPUT_FOLDER`.
// The names carry a hash of the content, so that browsers may keep them for ever; manifest.json tells which is which.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { basename, extname, join } from "node:path";
import { build } from "esbuild";
import { entries, icons, copies, licences } from "./parts.mjs";

const output = process.argv[2];
mkdirSync(join(output, "licences"), { recursive: true });
const manifest = {};

const hash = (content) => createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();

function write(name, content) {
  const extension = extname(name);
  const hashed = `${basename(name, extension)}-${hash(content)}${extension}`;
  writeFileSync(join(output, hashed), content);
  manifest[name] = hashed;
}

const result = await build({
  entryPoints: entries,
  outdir: output,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome111", "firefox114", "safari16.4"],
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file", ".svg": "file" },
  legalComments: "none", // the licences lie beside, whole
  metafile: true,
  logLevel: "warning",
});
for (const [path, made] of Object.entries(result.metafile.outputs)) {
  if (made.entryPoint) manifest[basename(made.entryPoint)] = basename(path);
}

const sprite = readFileSync("node_modules/bootstrap-italia/dist/svg/sprites.svg", "utf8");
const symbols = icons.map((name) => {
  const found = sprite.match(new RegExp(`<symbol[^>]*id="it-${name}"[^>]*>.*?</symbol>`, "s"));
  if (!found) throw new Error(`${name} is no icon of Bootstrap Italia`);
  return found[0];
});
const own = readFileSync("src/icons.svg", "utf8").match(/<symbol.*?<\/symbol>/gs);
write("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${[...symbols, ...own].join("")}</svg>`);

for (const [name, source] of Object.entries(copies)) write(name, readFileSync(join("node_modules", source)));
for (const [name, source] of Object.entries(licences)) {
  copyFileSync(join("node_modules", source), join(output, "licences", `${name}.txt`));
}
writeFileSync(join(output, "manifest.json"), JSON.stringify(manifest, null, 1));
