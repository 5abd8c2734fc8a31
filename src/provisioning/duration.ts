import { FirstbootError } from "../error.js";

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const written = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/;

/** Milliseconds of a duration such as `90s`, `15m`, `168h`, `7d` or `1w`; undefined if it is none. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = written.exec(text.trim()) ?? [];
  if (amount === undefined || !isUnit(unit)) return undefined;
  return Number(amount) * units[unit];
}

function isUnit(text: string | undefined): text is keyof typeof units {
  return text !== undefined && text in units;
}

/** A length of time that is greater than zero. */
export class Duration {
  private constructor(readonly milliseconds: number) {
    if (!Number.isFinite(milliseconds) || milliseconds <= 0) {
      throw new FirstbootError("FB1009", {
        what: `a duration of ${milliseconds} ms`,
        why: "a duration is longer than nothing",
      });
    }
  }

  static seconds(amount: number): Duration {
    return new Duration(amount * units.s);
  }
  static minutes(amount: number): Duration {
    return new Duration(amount * units.m);
  }
  static hours(amount: number): Duration {
    return new Duration(amount * units.h);
  }
  static days(amount: number): Duration {
    return new Duration(amount * units.d);
  }
  static parse(text: string): Duration {
    const milliseconds = parseDuration(text);
    if (milliseconds === undefined) {
      throw new FirstbootError("FB1009", {
        what: `"${text}" is not a duration`,
        fix: "write a number and a unit, for example 90s, 15m, 168h or 7d",
      });
    }
    return new Duration(milliseconds);
  }

  /** In whole seconds: `604800s`. */
  toString(): string {
    return `${Math.round(this.milliseconds / units.s)}s`;
  }
}
