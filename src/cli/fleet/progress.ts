import type { Progress } from "../../../simulator/index.js";

/** Shows how far a fleet is: all the time on a terminal, how each phase ended elsewhere. */
export interface ProgressView {
  show(progress: Progress): void;
  end(): void;
}

export function progressView(say: (line: string) => void, live: boolean): ProgressView {
  let last: Progress | undefined;
  const sayLast = (): void => {
    if (last) say(progressLine(last));
  };
  return {
    show: (progress) => {
      if (!live && last && last.phase !== progress.phase) sayLast();
      last = progress;
      if (live) sayLast();
    },
    end: () => {
      if (!live) sayLast();
    },
  };
}

/** `devices boot for the first time: 120 of 300, 118 online`. */
function progressLine({ title, done, total, online }: Progress): string {
  return `${title}: ${total > 0 ? `${done} of ${total}, ` : ""}${online} online`;
}
