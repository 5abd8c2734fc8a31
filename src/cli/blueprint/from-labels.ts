import { parse } from "yaml";
import { z } from "zod";
import { FirstbootError } from "../../error.js";
import { documentOfLabels, pathText } from "../../provisioning/blueprint/index.js";
import { note } from "../output.js";
import { readText } from "../settings.js";
import { readStdin } from "../stdin.js";
import { show } from "./forms.js";

const Label = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const Labels = z.record(z.string(), Label);

/** `name=value`, as compose files may list them. */
const Listed = z.array(Label).transform((items) =>
  Object.fromEntries(
    items.map((item) => {
      const at = item.indexOf("=");
      return at < 0 ? [item, ""] : [item.slice(0, at), item.slice(at + 1)];
    }),
  ),
);

/** As they stand in a compose file, where a dollar is written twice; or the labels themselves, as Docker tells them. */
const Written = z.union([
  z.object({ labels: z.union([Labels, Listed]) }).transform(({ labels }) => undoubled(labels)),
  Labels,
  Listed,
]);

function undoubled(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, value.replaceAll("$$", "$")]));
}

/** The document that labels describe; what is none of it is told on stderr. Throws FB1002. */
export async function showFromLabels(file: string, flags: { readonly json?: boolean }): Promise<void> {
  const labels = labelsIn(file === "-" ? await readStdin() : readText(file));
  if (!labels.success) {
    throw new FirstbootError("FB1002", {
      what: `${file === "-" ? "standard input" : file} holds no labels`,
      fix: "give a map or a list of labels, as in a compose file or from `docker inspect --format '{{json .Config.Labels}}'`",
    });
  }
  const { document, skipped } = documentOfLabels(labels.data);
  for (const { path, message } of skipped) note(`warning: ${path.length > 0 ? `${pathText(path)}: ` : ""}${message}`);
  show(flags, document);
}

function labelsIn(text: string) {
  try {
    return Written.safeParse(parse(text));
  } catch {
    return Written.safeParse(undefined);
  }
}
