import type { SqliteDatabase } from "kysely";
import type { z } from "zod";
import { openSqlite } from "../../src/control-plane/index.js";
import type { TargetItem } from "../../src/protocol/integration/index.js";
import type { NewtMessage, RegisterData } from "../../src/protocol/newt/index.js";
import type { Clock } from "../../src/world/clock.js";
import type { Log } from "../../src/world/log.js";
import { org, Plane, type Talk } from "./plane.js";

/** A site of a plane, by what a person and its newt do. */
export class TestSite {
  private constructor(
    readonly plane: Plane,
    readonly credentials: z.infer<typeof RegisterData>,
    readonly siteId: number,
    readonly niceId: string,
  ) {}

  static async of(
    plane: Plane,
    { approved = true, name }: { approved?: boolean; name?: string } = {},
  ): Promise<TestSite> {
    const credentials = await plane.site(await plane.key(null, approved), name);
    const sites = await plane.integration.listSites(org);
    const site = sites.find(({ newtId }) => newtId === credentials.newtId);
    return new TestSite(plane, credentials, site?.siteId ?? 0, site?.niceId ?? "");
  }

  connect(): Promise<Talk<NewtMessage>> {
    return this.plane.newt(this.credentials);
  }

  targets(): Promise<TargetItem[]> {
    return this.plane.integration.listTargets(this.siteId);
  }

  /** As the integration API shows it. */
  async shown() {
    return (await this.plane.integration.listSites(org)).find(({ siteId }) => siteId === this.siteId);
  }
}

/** A plane with its database in hand. */
export async function planeWith(clock?: Clock, log?: Log) {
  const database: SqliteDatabase = openSqlite(":memory:");
  return { plane: await Plane.start(database, clock, log), database };
}

/** A blueprint of one public resource `web`. */
export function web(targets: readonly (object | null)[], changes: object = {}, niceId = "web"): string {
  const resource = { name: "Web", mode: "http", "full-domain": `${niceId}.example.com`, targets, ...changes };
  return JSON.stringify({ "public-resources": { [niceId]: resource } });
}

/** A target of an http resource. */
export function target(port: number, changes: object = {}): object {
  return { hostname: "10.0.0.1", port, method: "http", ...changes };
}

/** Has a newt send a blueprint; resolves with what became of it and what the newt heard before. */
export async function applied(newt: Talk<NewtMessage>, document: string | object, once?: boolean) {
  const blueprint = typeof document === "string" ? document : JSON.stringify(document);
  newt.say({ type: "newt/blueprint/apply", data: { blueprint, ...(once !== undefined && { once }) } });
  const { data } = await newt.hear("newt/blueprint/results");
  return { result: data, heard: newt.heard.splice(0) };
}

/** Has a newt tell the number of its config; resolves with what it hears up to the answer. */
export async function beat(newt: Talk<NewtMessage>, configVersion?: number) {
  newt.say({ type: "newt/ping", data: {}, ...(configVersion !== undefined && { configVersion }) });
  const pong = await newt.hear("pong");
  return { number: pong.configVersion, heard: newt.heard.splice(0) };
}

/** A site whose newt has its config, number 2, of one target. */
export async function configured(plane: Plane) {
  const site = await TestSite.of(plane);
  const newt = await site.connect();
  await applied(newt, web([target(80)]));
  expect(await beat(newt, 2)).toEqual({ number: 2, heard: [] });
  return { site, newt };
}
