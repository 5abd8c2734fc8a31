import { expect, test } from "vitest";
import { newt } from "../../src/device/persona.js";
import { named, type Passage, passage } from "./support/passage.js";

/** Long enough for every read and every rest of a file. */
const long = 5_000;

const names = ({ sent }: Passage): string[] => sent.map(({ session, name }) => `${session} ${name}`);
const failures = ({ events }: Passage): string[] =>
  events.flatMap((event) => (event.type === "blueprint" && !event.success ? [event.message] : []));

test("a session that opens while the last one's blueprint is still read sends each blueprint once, one by one", async () => {
  const sent = await passage({ declared: "site", bootstrap: "once" }, async (stage) => {
    stage.open("first");
    stage.open("second");
    await stage.sleep(long);
    await stage.answer();
    return stage.sent.map(({ session, name, once }) => ({ session, name, once }));
  });
  expect(sent).toEqual([
    { session: "second", name: "site", once: false },
    { session: "second", name: "once", once: true },
  ]);
});

test("a changed file is sent half a second after the last of its changes", async () => {
  const { changedAt, sent } = await passage({ declared: "a" }, async (stage) => {
    stage.open("s");
    await stage.sleep(long);
    await stage.answer();
    for (const name of ["b", "c", "d"]) {
      stage.box.disk.put("declared.yaml", named(name));
      await stage.sleep(300);
    }
    const changedAt = stage.world.clock.monotonic() - 300;
    await stage.sleep(long);
    return { changedAt, sent: stage.sent };
  });
  expect(sent.map(({ name }) => name)).toEqual(["a", "d"]);
  expect((sent[1]?.at ?? 0) - changedAt).toBeGreaterThanOrEqual(500);
  expect((sent[1]?.at ?? 0) - changedAt).toBeLessThan(505);
});

test("what changes while an application is under way is sent once, when that is answered", async () => {
  const { before, after } = await passage({ declared: "a" }, async (stage) => {
    stage.open("s");
    await stage.sleep(long);
    for (const name of ["b", "c"]) {
      stage.box.disk.put("declared.yaml", named(name));
      await stage.sleep(long);
    }
    const before = names(stage);
    await stage.answer();
    await stage.sleep(long);
    await stage.answer();
    await stage.sleep(long);
    return { before, after: names(stage) };
  });
  expect(before).toEqual(["s a"]);
  expect(after).toEqual(["s a", "s c"]);
});

test.each([10, long])(
  "what changes while the channel is down goes out with the next session, %i ms later, and once",
  async (ms) => {
    const sent = await passage({ declared: "a" }, async (stage) => {
      stage.open("first");
      await stage.sleep(long);
      await stage.answer();
      stage.blueprints.close();
      stage.box.disk.put("declared.yaml", named("b"));
      await stage.sleep(ms);
      stage.open("second");
      await stage.sleep(long);
      await stage.answer();
      await stage.sleep(long);
      return names(stage);
    });
    expect(sent).toEqual(["first a", "second b"]);
  },
);

test("the server gets it when it asks, and once more however often it asks while one is under way", async () => {
  const sent = await passage({ declared: "a" }, async (stage) => {
    const ask = () => stage.blueprints.requested();
    stage.open("s");
    await stage.sleep(long);
    await stage.answer();
    await ask();
    await stage.sleep(long);
    await Promise.all(Array.from({ length: 10 }, ask));
    await stage.sleep(long);
    for (let answers = 0; answers < 5; answers++) {
      await stage.answer();
      await stage.sleep(long);
    }
    return stage.sent.map(({ name, once }) => ({ name, once }));
  });
  expect(sent).toEqual(Array.from({ length: 3 }, () => ({ name: "a", once: false })));
});

test("requests that come while the file is being read have it sent once more, after the answer", async () => {
  const { before, after } = await passage({ declared: "a" }, async (stage) => {
    stage.open("s");
    for (let requests = 0; requests < 3; requests++) void stage.blueprints.requested();
    await stage.sleep(long);
    const before = names(stage);
    for (let answers = 0; answers < 3; answers++) {
      await stage.answer();
      await stage.sleep(long);
    }
    return { before, after: names(stage) };
  });
  expect(before).toEqual(["s a"]);
  expect(after).toEqual(["s a", "s a"]);
});

test("a request before a file has rested takes the change along", async () => {
  const sent = await passage({ declared: "a" }, async (stage) => {
    stage.open("s");
    await stage.sleep(long);
    await stage.answer();
    stage.box.disk.put("declared.yaml", named("b"));
    await stage.sleep(100);
    await stage.blueprints.requested();
    await stage.answer();
    await stage.sleep(long);
    return names(stage);
  });
  expect(sent).toEqual(["s a", "s b"]);
});

test("a file that is missing, no YAML or a directory is told of, and sent as soon as it is mended", async () => {
  const { sent, told } = await passage({}, async (stage) => {
    const { disk } = stage.world;
    stage.open("s");
    await stage.sleep(long);
    stage.box.disk.put("declared.yaml", "a: [1");
    await stage.sleep(long);
    await disk.remove("declared.yaml");
    await disk.makeDirectory("declared.yaml");
    await stage.sleep(long);
    await disk.remove("declared.yaml");
    await disk.write("declared.yaml", named("mended"));
    await stage.sleep(long);
    return { sent: names(stage), told: failures(stage) };
  });
  expect(sent).toEqual(["s mended"]);
  expect(told).toEqual([
    expect.stringContaining("there is no declared.yaml"),
    expect.stringContaining("line 1"),
    expect.stringContaining("cannot read declared.yaml"),
  ]);
});

test("a site without a governing file has nothing to send when the server asks", async () => {
  const events = await passage({ declared: null, bootstrap: "once" }, async (stage) => {
    const { blueprints, events } = stage;
    await blueprints.requested();
    stage.open("s");
    await stage.sleep(long);
    await stage.answer();
    await blueprints.requested();
    await stage.sleep(long);
    return { names: names(stage), failed: failures(stage), told: events.length };
  });
  expect(events).toEqual({ names: ["s once"], failed: [], told: 1 });
});

test("an answer that does not fit stops neither the next one nor the provisioning blueprint's", async () => {
  const { sent, told } = await passage({ declared: "site", bootstrap: "once" }, async (stage) => {
    stage.open("s");
    await stage.sleep(long);
    await stage.answer({ success: "yes" });
    await stage.sleep(long);
    await stage.answer();
    return { sent: names(stage), told: stage.events };
  });
  expect(sent).toEqual(["s site", "s once"]);
  expect(told).toEqual([expect.objectContaining({ type: "blueprint", mode: "provisioning", success: true })]);
});

test("an observer hears the server's warnings: the first twenty, each fit for a line", async () => {
  const [event] = await passage({ declared: "a" }, async (stage) => {
    stage.open("s");
    await stage.sleep(long);
    const warnings = Array.from({ length: 30 }, (_, index) => `${index}\u001b[31m ${"x".repeat(1_000)}`);
    await stage.answer({ success: true, message: "m", warnings });
    return stage.events;
  });
  expect(event).toMatchObject({ type: "blueprint", mode: "declarative", success: true, message: "m" });
  const warnings = event?.type === "blueprint" ? (event.warnings ?? []) : [];
  expect(warnings).toHaveLength(20);
  expect(warnings[19]).toMatch(/^19 \[31m x{290,}$/);
  expect(warnings[19]).toHaveLength(300);
});

test("a machine that watches nothing more is told of, and each session sends the blueprint still", async () => {
  const full = Object.assign(new Error("ENOSPC: no more watches"), { code: "ENOSPC" });
  const change = ({ disk }: Passage["world"]): void => {
    disk.watch = () => {
      throw full;
    };
  };
  const { sent, events } = await passage({ declared: "a", change }, async (stage) => {
    stage.open("s");
    await stage.sleep(long);
    return { sent: names(stage), events: stage.events };
  });
  expect(sent).toEqual(["s a"]);
  expect(events).toEqual([
    {
      type: "notice",
      message:
        "changes of declared.yaml go out with the next session only, it cannot be watched: ENOSPC: no more watches",
    },
  ]);
});

test("a site that has ended hears and sends nothing more", async () => {
  let news = 0;
  const change = ({ disk }: Passage["world"]): void => {
    const watch = disk.watch.bind(disk);
    disk.watch = (path, changed) =>
      watch(path, () => {
        news += 1;
        changed();
      });
  };
  const sent = await passage({ declared: "a", change }, async (stage) => {
    stage.open("s");
    await stage.sleep(long);
    await stage.answer();
    stage.box.disk.put("declared.yaml", named("b"));
    await stage.sleep(100);
    stage.blueprints.end();
    stage.box.disk.put("declared.yaml", named("c"));
    await stage.sleep(long);
    return names(stage);
  });
  expect(sent).toEqual(["s a"]);
  expect(news).toBe(1);
});

test("newt as shipped says nothing of once, waits for no answer, follows its file and ignores requests", async () => {
  const sent = await passage({ persona: newt, declared: "a", bootstrap: "once" }, async (stage) => {
    stage.open("s");
    await stage.sleep(long);
    stage.box.disk.put("declared.yaml", named("b"));
    await stage.sleep(long);
    await stage.blueprints.requested();
    await stage.sleep(long);
    stage.open("t");
    await stage.sleep(long);
    return stage.sent.map(({ session, name, once }) => ({ session, name, once }));
  });
  expect(sent).toEqual([
    { session: "s", name: "a", once: undefined },
    { session: "s", name: "once", once: undefined },
    { session: "s", name: "b", once: undefined },
    { session: "t", name: "b", once: undefined },
  ]);
});

test.each(["unreadable", "cut off"])(
  "newt as shipped loses a provisioning blueprint for ever whose first try is %s",
  async (how) => {
    const sent = await passage({ persona: newt, declared: "a", bootstrap: "once" }, async (stage) => {
      if (how === "unreadable") stage.box.disk.put("bootstrap.yaml", "a: [1");
      stage.open("first");
      if (how === "cut off") {
        while (stage.sent.length === 0) await stage.sleep(0.01);
        stage.blueprints.close();
      }
      await stage.sleep(long);
      stage.box.disk.put("bootstrap.yaml", named("once"));
      stage.open("second");
      await stage.sleep(long);
      return names(stage);
    });
    expect(sent).toEqual(["first a", "second a"]);
  },
);
