import { z } from "zod";
import { LongTime, Time } from "../time.js";
import { drawn, faultKind, forAWhile, Share } from "./fault.js";

/** A share of the devices find no name, or trust no certificate, for a while. */
export const unresolved = faultKind({
  schema: z.strictObject({ fault: z.enum(["no-dns", "no-tls"]), at: Time, for: LongTime, share: Share }),
  begin: (fault, ground) =>
    forAWhile(ground, drawn(ground, fault.share), fault.for, ({ link }) => {
      const what = fault.fault === "no-dns" ? "resolves" : "trusts";
      link[what] = false;
      return () => {
        link[what] = true;
      };
    }),
});
