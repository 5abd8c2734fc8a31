import { armor, Decrypter } from "age-encryption";
import { FirstbootError } from "../../error.js";

/** The text of an armoured age ciphertext. Throws FB1007. */
export type Unseal = (armoured: string) => Promise<string>;

/**
 * Opens what is sealed with the identities of an age identity file: lines `AGE-SECRET-KEY-1…`, beside comments and blank
 * ones. The same ciphertext is opened once. Throws FB1007 if the file holds something else; nothing sealed is shown.
 */
export function unsealer(identityFile: string): Unseal {
  const decrypter = new Decrypter();
  const lines = identityFile.split(/\r?\n/).map((line) => line.trim());
  const identities = lines.filter((line) => line !== "" && !line.startsWith("#"));
  if (identities.length === 0) throw badIdentity("it holds none");
  for (const identity of identities) addIdentity(decrypter, identity);

  const opened = new Map<string, Promise<string>>();
  return (armoured) => {
    const text = opened.get(armoured) ?? decrypt(decrypter, armoured);
    opened.set(armoured, text);
    return text;
  };
}

function addIdentity(decrypter: Decrypter, identity: string): void {
  try {
    decrypter.addIdentity(identity);
  } catch {
    throw badIdentity("a line of it is none");
  }
}

function badIdentity(why: string): FirstbootError {
  const fix = "give the file that age-keygen wrote, with a line AGE-SECRET-KEY-1…";
  return new FirstbootError("FB1007", { what: "the file is not one of age identities", why, fix });
}

async function decrypt(decrypter: Decrypter, armoured: string): Promise<string> {
  const ciphertext = decode(armoured);
  try {
    return await decrypter.decrypt(ciphertext, "text");
  } catch {
    throw new FirstbootError("FB1007", {
      what: "a sealed secret cannot be opened",
      why: "it is damaged, or sealed to another recipient",
      fix: "give the identity of one of the recipients that the rollout names",
    });
  }
}

function decode(armoured: string): Uint8Array {
  try {
    return armor.decode(armoured);
  } catch {
    const what = "a sealed secret is no armoured age file";
    throw new FirstbootError("FB1007", { what, fix: "pass the Terraform output as it was printed" });
  }
}
