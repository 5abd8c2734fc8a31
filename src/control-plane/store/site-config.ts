/** What a site's newt has to be told of a change to what it is to do, once that is committed. */
export interface ConfigChange {
  readonly newtId: string;
  /** The number of the config after the change. */
  readonly version: number;
  readonly messages: readonly { readonly type: string; readonly data: object }[];
}
