import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findProgram, has } from "../needs.js";
import { firstboot, root, scratch } from "./command.js";

/** Run in the page: whether anything is on each canvas, and the colours of text and background. */
const canvasesDrawn = `[...document.querySelectorAll("canvas")].map((canvas) =>
  canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value !== 0))`;
const colours = "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]";

function brightness(colour: string): number {
  return (colour.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
}

describe.skipIf(!has.chromium)("the report page (needs chromium)", { timeout: 120_000 }, () => {
  const cwd = scratch();
  let browser: Browser;
  const complaints: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    const scenario = join(root, "examples/scenarios/first-fleet.yaml");
    expect(await firstboot(["simulate", scenario, "--out", "out"], { cwd })).toMatchObject({ code: 0 });
    browser = await chromium.launch({
      executablePath: findProgram("chromium") ?? "",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
  }, 120_000);
  afterAll(() => browser?.close());

  async function open(options: { width: number; colorScheme: "light" | "dark" }): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width: options.width, height: 900 },
      colorScheme: options.colorScheme,
    });
    const page = await context.newPage();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(join(cwd, "out/report.html")).href);
    return page;
  }

  it("shows the verdict first, and draws its charts", async () => {
    const page = await open({ width: 1280, colorScheme: "light" });
    expect(await page.locator("h1").innerText()).toBe("This rollout holds");
    const drawn = await page.evaluate<boolean[]>(canvasesDrawn);
    expect(drawn.length).toBeGreaterThanOrEqual(3);
    expect(drawn).not.toContain(false);
  });

  it.each([
    [390, "light"],
    [390, "dark"],
    [1280, "dark"],
  ] as const)("fits a screen of %d pixels in %s", async (width, colorScheme) => {
    const page = await open({ width, colorScheme });
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    const [text, background] = await page.evaluate<[string, string]>(colours);
    const lighter = brightness(text) > brightness(background);
    expect(lighter).toBe(colorScheme === "dark");
  });

  it("asks for nothing but itself, and complains of nothing", () => {
    expect(requests.filter((url) => !url.startsWith("file:") && !url.startsWith("data:"))).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
