import { z } from "zod";
import { LongTime, Time } from "../time.js";
import { Condition, drawn, faultKind, Share } from "./fault.js";

const nameless = new Condition(({ link }) => {
  link.resolves = true;
});
const distrustful = new Condition(({ link }) => {
  link.trusts = true;
});

/** A share of the devices find no name, or trust no certificate, for a while. */
export const unresolved = faultKind({
  schema: z.strictObject({ fault: z.enum(["no-dns", "no-tls"]), at: Time, for: LongTime, share: Share }),
  begin: (fault, ground) => {
    const hosts = drawn(ground, fault.share);
    if (fault.fault === "no-dns") {
      nameless.befall(ground, hosts, fault.for, ({ link }) => () => {
        link.resolves = false;
      });
    } else {
      distrustful.befall(ground, hosts, fault.for, ({ link }) => () => {
        link.trusts = false;
      });
    }
  },
});
