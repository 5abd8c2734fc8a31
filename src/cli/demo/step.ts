import { Listr } from "listr2";
import { FirstbootError, reasonOf } from "../../error.js";

/** Says in a few words how far a step is. */
export type Say = (text: string) => void;

type Outcome<T> = { readonly result: T } | { readonly error: unknown };

/**
 * Runs one step under a title and returns its result: live on a terminal, plain lines elsewhere. `done` says what came
 * of it. A failure is shown in a few words, and thrown on as it is.
 */
export async function step<T>(title: string, work: (say: Say) => Promise<T>, done?: (result: T) => string): Promise<T> {
  const outcomes: Outcome<T>[] = [];
  const list = new Listr(
    [
      {
        title,
        task: async (_context, task) => {
          const outcome = await outcomeOf(
            work((text) => {
              task.output = text;
            }),
          );
          outcomes.push(outcome);
          if ("error" in outcome) throw new Error(briefly(outcome.error));
          if (done) task.title = `${title}: ${done(outcome.result)}`;
        },
      },
    ],
    {
      registerSignalListeners: false,
      fallbackRenderer: "simple",
      fallbackRendererCondition: isPlain,
      exitOnError: false,
    },
  );
  await list.run();
  const [outcome = { error: new Error(`the step "${title}" did not run`) }] = outcomes;
  if ("error" in outcome) throw outcome.error;
  return outcome.result;
}

/** Whether lines are all that can be written: no terminal, or one that does not know its width. */
function isPlain(): boolean {
  return !process.stdout.isTTY || !process.stdout.columns;
}

function outcomeOf<T>(work: Promise<T>): Promise<Outcome<T>> {
  return work.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
}

function briefly(error: unknown): string {
  return error instanceof FirstbootError ? error.what : reasonOf(error);
}
