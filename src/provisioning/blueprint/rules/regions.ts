/** Regions, sub-regions and intermediate regions of UN M.49 (PROTOCOLS B7). */
const regions: ReadonlySet<string> = new Set([
  ...["002", "015", "202", "014", "017", "018", "011"], // Africa
  ...["019", "419", "029", "013", "005", "021"], // the Americas
  ...["142", "143", "030", "035", "034", "145"], // Asia
  ...["150", "151", "154", "039", "155"], // Europe
  ...["009", "053", "054", "057", "061"], // Oceania
]);

export function isRegion(value: string): boolean {
  return regions.has(value);
}
