import { isAlias, isMap, isNode, isScalar, isSeq, type Node, Scalar, type YAMLMap, type YAMLSeq } from "yaml";
import { isRecord } from "../../record.js";
import { isPrototypeKey } from "../bounds.js";
import type { Path, PathPart } from "../finding.js";
import type { Fault } from "./fault.js";
import { deepest, largest, mostFaults } from "./limits.js";
import { canonicalValue, plainValue } from "./scalar.js";
import type { Source } from "./source.js";

/** Where the key and the value of an entry stand, as offsets; an item of a list has no key. */
export interface Spot {
  readonly key?: number;
  readonly value: number;
}

export type Spots = ReadonlyMap<PathPart, Spot>;

/** Plain values of a document's nodes, with the places of what is in each map and list. */
export interface Values {
  readonly root: unknown;
  readonly spots: ReadonlyMap<object, Spots>;
  readonly faults: readonly Fault[];
}

/** One pass over the nodes: an alias is the value itself that it stands for, and counts as much as that. */
export function valuesOf(contents: Node | null, source: Source): Values {
  const conversion = new Conversion(source);
  const root = conversion.valueOf(contents, 0);
  return { root, spots: conversion.spots, faults: conversion.faults };
}

/** The words of aliases and tags are not repeated: a password may begin with * or !, and was meant to be quoted. */
const unknownTag = "a tag has no meaning here: quote a text that starts with !";

/** What an anchor names; without `done` it is still being read, and an alias for it would be a circle. */
interface Anchored {
  done?: { readonly value: unknown; readonly size: number; readonly height: number };
}

type Entries = Record<string, unknown>;

const coreTag = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/;

class Conversion {
  readonly faults: Fault[] = [];
  readonly spots = new Map<object, Map<PathPart, Spot>>();
  readonly #anchors = new Map<string, Anchored>();
  readonly #path: PathPart[] = [];
  #size = 0;
  #full = false;
  /** The deepest level since the last anchor was met. */
  #depth = 0;

  constructor(private readonly source: Source) {}

  valueOf(node: unknown, depth: number): unknown {
    if (!this.#counts(1, node)) return null;
    if (depth > this.#depth) this.#depth = depth;
    if (isAlias(node)) return this.#aliasValue(node.source, node, depth);
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return null;
    return node.anchor === undefined ? this.#ownValue(node, depth) : this.#anchoredValue(node, node.anchor, depth);
  }

  #ownValue(node: Scalar | YAMLMap | YAMLSeq, depth: number): unknown {
    if (isScalar(node)) return this.#scalarValue(node);
    if (node.tag !== undefined && !coreTag.test(node.tag)) this.#fault(node, unknownTag);
    if (depth >= deepest) return this.#fault(node, `is nested deeper than ${deepest} levels`);
    return isMap(node) ? this.#mapValue(node, depth) : this.#listValue(node, depth);
  }

  #scalarValue(scalar: Scalar): unknown {
    const written = typeof scalar.value === "string" ? scalar.value : "";
    const text = this.source.fill(written);
    this.#counts(text.length, scalar);
    const tag = scalar.tag === undefined ? undefined : (coreTag.exec(scalar.tag)?.[1] ?? scalar.tag);
    if (tag !== undefined && tag !== "!") return this.#taggedValue(scalar, text, tag);
    if (scalar.type !== Scalar.PLAIN || tag === "!") return text;
    // What stands beside a template is text, as the whole is; a template alone may be a number or a boolean.
    if (text !== written) return this.source.isTemplate(written) ? canonicalValue(text) : text;
    return plainValue(text);
  }

  #taggedValue(scalar: Scalar, text: string, tag: string): unknown {
    if (tag === "str") return text;
    const value = plainValue(text);
    const kind =
      value === null ? "null" : typeof value === "boolean" ? "bool" : Number.isInteger(value) ? "int" : "float";
    const fits = typeof value !== "string" && (tag === kind || (tag === "float" && kind === "int"));
    return fits ? value : this.#fault(scalar, coreTag.test(scalar.tag ?? "") ? `is no ${tag}` : unknownTag);
  }

  #listValue(list: YAMLSeq, depth: number): unknown[] {
    const spots = new Map<PathPart, Spot>();
    const values: unknown[] = [];
    this.spots.set(values, spots);
    for (const [index, item] of list.items.entries()) {
      spots.set(index, { value: startOf(item) ?? startOf(list) ?? 0 });
      this.#path.push(index);
      values.push(this.valueOf(item, depth + 1));
      this.#path.pop();
    }
    return values;
  }

  #mapValue(map: YAMLMap, depth: number): Entries {
    const spots = new Map<PathPart, Spot>();
    const entries: Entries = {};
    const merged: Entries[] = [];
    this.spots.set(entries, spots);
    for (const { key: keyNode, value: valueNode } of map.items) {
      const key = this.#keyOf(keyNode, depth);
      if (key === undefined) continue;
      const at = startOf(keyNode) ?? startOf(map) ?? 0;
      const first = spots.get(key)?.key;
      spots.set(key, { key: at, value: isEmpty(valueNode) ? at : (startOf(valueNode) ?? at) });
      this.#path.push(key);
      if (first !== undefined) this.#fault(keyNode, `${JSON.stringify(key)} is there twice`, first);
      const value = this.valueOf(valueNode, depth + 1);
      if (isMerge(keyNode)) merged.push(...this.#mergedMaps(valueNode, value));
      else entries[key] = value;
      this.#path.pop();
    }
    for (const other of merged) this.#merge(entries, spots, other);
    return entries;
  }

  /** Newt sends JSON, whose keys are text, and drops a document that has others (PROTOCOLS B1). */
  #keyOf(node: unknown, depth: number): string | undefined {
    const alone = isScalar(node) && typeof node.value === "string" && this.source.isTemplate(node.value);
    const key = alone ? this.source.fill(String(node.value)) : this.valueOf(node, depth);
    if (typeof key !== "string") {
      this.#fault(node, `a key must be text, and this one is ${kindOf(key)}${remedyOf(node)}`);
    } else if (isPrototypeKey(key)) {
      this.#fault(node, `${key} cannot be a key`);
    } else {
      return key;
    }
    return undefined;
  }

  /** What `<<` brings: one map, or several of which the first that has a key gives it. */
  #mergedMaps(node: unknown, value: unknown): readonly Entries[] {
    const maps = Array.isArray(value) ? value : [value];
    if (maps.every(isRecord)) return maps;
    this.#fault(node, "<< takes a map or a list of maps");
    return [];
  }

  #merge(entries: Entries, spots: Map<PathPart, Spot>, other: Entries): void {
    for (const [key, value] of Object.entries(other)) {
      if (Object.hasOwn(entries, key)) continue;
      entries[key] = value;
      const spot = this.spots.get(other)?.get(key);
      if (spot) spots.set(key, spot);
    }
  }

  #anchoredValue(node: Scalar | YAMLMap | YAMLSeq, name: string, depth: number): unknown {
    const anchored: Anchored = {};
    const outer = this.#depth;
    const before = this.#size;
    this.#anchors.set(name, anchored);
    this.#depth = depth;
    const value = this.#ownValue(node, depth);
    anchored.done = { value, size: this.#size - before, height: this.#depth - depth };
    this.#depth = Math.max(outer, this.#depth);
    return value;
  }

  #aliasValue(name: string, node: unknown, depth: number): unknown {
    const anchored = this.#anchors.get(name);
    if (anchored === undefined)
      return this.#fault(node, "an alias of no anchor before it: quote a text that starts with *");
    const { done } = anchored;
    if (done === undefined) return this.#fault(node, "an alias stands within what it stands for");
    if (depth + done.height > deepest) return this.#fault(node, `is nested deeper than ${deepest} levels`);
    if (!this.#counts(done.size, node)) return null;
    this.#depth = Math.max(this.#depth, depth + done.height);
    return done.value;
  }

  /** Whether there is room for more; the first time that there is none is a fault, and nothing is read from then on. */
  #counts(size: number, node: unknown): boolean {
    if (this.#full) return false;
    this.#size += size;
    if (this.#size <= largest) return true;
    this.#fault(node, `here it has more than ${largest} characters, aliases followed and templates filled`);
    this.#full = true;
    return false;
  }

  #fault(node: unknown, message: string, other?: number): null {
    if (this.faults.length < mostFaults && !this.#full) {
      const path: Path = [...this.#path];
      const place = { offset: startOf(node) ?? 0, path, message };
      this.faults.push(other === undefined ? place : { ...place, other });
    }
    return null;
  }
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function isEmpty(node: unknown): boolean {
  return !isNode(node) || node.range?.[0] === node.range?.[1];
}

function isMerge(key: unknown): boolean {
  return isScalar(key) && key.value === "<<" && key.type === Scalar.PLAIN && key.tag === undefined;
}

function remedyOf(key: unknown): string {
  if (!isScalar(key)) return isNode(key) ? ": quote what begins with { or [" : "";
  return key.value ? `: write it as ${JSON.stringify(key.value)}, in quotes` : "";
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a map" : `a ${typeof value}`;
}
