const programs: readonly (readonly [sign: RegExp, name: string])[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\b(OPR|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
];
const systems: readonly (readonly [sign: RegExp, name: string])[] = [
  [/\bAndroid\b/, 'Android'],
  [/\b(iPhone|iPad)\b/, 'iOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\b(Linux|CrOS)\b/, 'Linux'],
];

/**
 * A browser and its system in a word each, so that people know their sessions apart. The words are ours: neither a version nor anything else
 * that a caller writes is kept.
 */
export function deviceFamily(userAgent: string): string {
  const nameIn = (families: typeof programs) => families.find(([sign]) => sign.test(userAgent))?.[1];
  const [program, system] = [nameIn(programs), nameIn(systems)];
  return program && system ? `${program}, ${system}` : (program ?? system ?? 'another program');
}
