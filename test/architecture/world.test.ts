import ts from "typescript";
import { describe, expect, it } from "vitest";
import { type SourceFile, sourceFiles } from "./source.js";

/** Where everything that touches time, chance, disk or network goes through World. */
const governed = /^(src\/(provisioning|protocol|control-plane|device)\/|simulator\/|src\/world\/[^/]+\.ts$)/;
/** Edges within: what writes reports for people, and the one file that opens SQLite. */
const edges = /^(simulator\/report\/|src\/control-plane\/store\/sqlite\.ts$)/;

const modules =
  /^(node:)?(fs|fs\/promises|net|tls|http|https|http2|dgram|dns|dns\/promises|child_process|cluster|worker_threads|timers|timers\/promises|os|perf_hooks)$|^(ws|undici|better-sqlite3|@hono\/node-server)$/;
const globals = new Set([
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "fetch",
  "performance",
  "process",
  "WebSocket",
]);
const members = new Set([
  "Date.now",
  "Math.random",
  "AbortSignal.timeout",
  "crypto.subtle",
  "crypto.randomUUID",
  "crypto.getRandomValues",
]);
const cryptoNames = new Set([
  "randomBytes",
  "randomUUID",
  "randomInt",
  "randomFillSync",
  "generateKeyPairSync",
  "generateKeyPair",
  "scrypt",
  "pbkdf2",
  "webcrypto",
]);
const zlibNames = new Set(["gzip", "gunzip", "deflate", "inflate", "createGzip", "createGunzip"]);

function findings({ path, tree }: SourceFile): string[] {
  const found: string[] = [];
  const note = (node: ts.Node, what: string): void => {
    const { line } = tree.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${path}:${line + 1} ${what}`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const from = node.moduleSpecifier.text;
      if (modules.test(from) && !node.importClause?.isTypeOnly) note(node, `imports ${from}`);
      const names = node.importClause?.namedBindings;
      if (names && ts.isNamedImports(names)) {
        for (const { name, propertyName } of names.elements) {
          const imported = (propertyName ?? name).text;
          if (/^(node:)?crypto$/.test(from) && cryptoNames.has(imported)) note(node, `takes ${imported}`);
          if (/^(node:)?zlib$/.test(from) && zlibNames.has(imported)) note(node, `takes ${imported}`);
        }
      }
    }
    if (ts.isPropertyAccessExpression(node) && members.has(node.getText())) note(node, node.getText());
    if (ts.isNewExpression(node) && node.expression.getText() === "Date" && !node.arguments?.length)
      note(node, "new Date()");
    if (ts.isIdentifier(node) && globals.has(node.text) && isUse(node)) note(node, node.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** Whether an identifier stands for the global of its name, not for a property, a parameter or a local of that name. */
function isUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node && !isLocal(node);
  if (ts.isPropertySignature(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent))
    return parent.name !== node && !isLocal(node);
  if (
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isGetAccessor(parent) ||
    ts.isBindingElement(parent)
  )
    return false;
  if (ts.isParameter(parent) || ts.isVariableDeclaration(parent)) return parent.name !== node && !isLocal(node);
  if (ts.isImportSpecifier(parent) || ts.isTypeReferenceNode(parent)) return false;
  return !isLocal(node);
}

/** Whether a scope around the node declares its name; what inner functions declare is theirs alone. */
function isLocal(node: ts.Identifier): boolean {
  for (let scope: ts.Node = node.parent; scope; scope = scope.parent) {
    if ((ts.isFunctionLike(scope) || ts.isSourceFile(scope)) && declaredIn(scope).has(node.text)) return true;
  }
  return false;
}

function declaredIn(scope: ts.Node): Set<string> {
  const names = new Set<string>();
  const visit = (inner: ts.Node): void => {
    if (ts.isParameter(inner) || ts.isVariableDeclaration(inner) || ts.isBindingElement(inner)) {
      if (ts.isIdentifier(inner.name)) names.add(inner.name.text);
    }
    if (ts.isFunctionDeclaration(inner) && inner.name) names.add(inner.name.text);
    if (ts.isImportSpecifier(inner)) names.add(inner.name.text);
    if (!ts.isFunctionLike(inner)) ts.forEachChild(inner, visit);
  };
  ts.forEachChild(scope, visit);
  return names;
}

describe("time, chance, disk and network", () => {
  it.each(
    sourceFiles
      .filter(({ path }) => governed.test(path) && !edges.test(path))
      .map((file) => [file.path, file] as const),
  )("%s touches them through World alone", (_, file) => {
    expect(findings(file)).toEqual([]);
  });

  it("would be noticed if it were touched otherwise", () => {
    const text = `import { readFileSync } from "node:fs"; import { randomBytes } from "node:crypto";
      const a = Date.now() + Math.random(); setTimeout(() => {}, 1); new Date(); fetch("x"); const f = process.env;
      function other(process: object) { return process; }`;
    const tree = ts.createSourceFile("planted.ts", text, ts.ScriptTarget.ES2022, true);
    expect(findings({ path: "planted.ts", imports: [], tree })).toHaveLength(8);
  });
});
