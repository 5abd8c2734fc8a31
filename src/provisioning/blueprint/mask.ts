/** What stands in place of a secret wherever a document is shown. Coming back in an edit it means "as it is". */
export const mask = "********";
