import { Composer, type CST, Lexer, type ParsedNode, Parser, type YAMLParseError } from "yaml";
import type { Fault } from "./fault.js";
import { deepest, mostFaults } from "./limits.js";

/** The nodes of a YAML text, or what is wrong with it. */
export type Syntax =
  | { readonly ok: true; readonly contents: ParsedNode | null }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/**
 * Parses one YAML document. Scalars stay text and nothing is resolved: anchors, keys and values are for who reads the nodes.
 * Depth is looked at while the text is split into tokens, since composing nodes of them is recursive.
 */
export function parseYaml(text: string): Syntax {
  const parser = new Parser();
  const composer = new Composer({ schema: "failsafe", uniqueKeys: false, resolveKnownTags: false, logLevel: "silent" });
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    // A document and a scalar are on the stack as well.
    if (parser.stack.length > deepest + 2) return refused(parser.offset, `is nested deeper than ${deepest} levels`);
  }
  for (const token of parser.end()) tokens.push(token);
  const [document, second] = composer.compose(tokens, true, text.length);
  const errors = document?.errors ?? [];
  if (!document || errors.length > 0) return { ok: false, faults: errors.slice(0, mostFaults).map(faultOf) };
  if (second) return refused(second.range[0], "a second document begins here, and a blueprint is one");
  return { ok: true, contents: document.contents };
}

function refused(offset: number, message: string): Syntax {
  return { ok: false, faults: [{ offset, path: [], message }] };
}

/** What to do about the mistakes that are made most often. */
const remedies: { readonly [code in YAMLParseError["code"]]?: string } = {
  TAB_AS_INDENT: "indent with spaces",
  BLOCK_AS_IMPLICIT_KEY: 'quote a value that contains ": "',
  BAD_SCALAR_START: "quote the value",
  BAD_ALIAS: "quote a value that starts with * or &",
  BAD_INDENT: "indent it as its neighbours are",
};

const longestMessage = 200;

/** What a parser repeats of the text, behind a colon: it may be a secret. */
const repeated = /(?<=\S): .*$/s;

function faultOf({ pos, code, message: whole }: YAMLParseError): Fault {
  const message = whole.replace(repeated, "");
  const clipped = message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message;
  const remedy = remedies[code];
  return { offset: pos[0], path: [], message: remedy === undefined ? clipped : `${clipped}: ${remedy}` };
}
