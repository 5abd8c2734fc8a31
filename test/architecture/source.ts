import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** One source file, its imports resolved to paths from the root where they are relative. */
export interface SourceFile {
  readonly path: string;
  readonly imports: readonly { readonly target: string; readonly typeOnly: boolean }[];
  readonly tree: ts.SourceFile;
}

function typescriptFiles(directory: string): string[] {
  return readdirSync(join(root, directory), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => join(directory, name));
}

function load(path: string): SourceFile {
  const tree = ts.createSourceFile(path, readFileSync(join(root, path), "utf8"), ts.ScriptTarget.ES2022, true);
  const imports = tree.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const { moduleSpecifier } = statement;
    if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) return [];
    const typeOnly = ts.isImportDeclaration(statement)
      ? (statement.importClause?.isTypeOnly ?? false)
      : statement.isTypeOnly;
    return [{ target: resolve(path, moduleSpecifier.text), typeOnly }];
  });
  const dynamic: { target: string; typeOnly: boolean }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [target] = node.arguments;
      if (target && ts.isStringLiteral(target)) dynamic.push({ target: resolve(path, target.text), typeOnly: false });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { path, imports: [...imports, ...dynamic], tree };
}

function resolve(from: string, target: string): string {
  return target.startsWith(".") ? relative(root, join(root, dirname(from), target)).replace(/\.js$/, ".ts") : target;
}

/** Every source file of the house. */
export const sourceFiles: readonly SourceFile[] = ["src", "simulator", "constructs"].flatMap(typescriptFiles).map(load);
