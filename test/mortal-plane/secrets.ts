/** What every life of a mortal plane shares. */
export const pepper = Buffer.alloc(32, 7);
export const apiKey = "first.secretsecretsecretsecret";
