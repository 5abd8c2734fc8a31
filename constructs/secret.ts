/** A secret as an artefact carries it, where both are Terraform expressions: age ciphertext, or the text itself. */
export type Secret = { readonly sealed: string } | { readonly secret: string };
