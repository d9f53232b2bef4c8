import type { Sms } from './gateway.ts';

/** Secrets by name. */
export type Credentials = Readonly<Record<string, string>>;

const placeholders = /\{(to|digits|text|from|reference|secret\.[A-Za-z][A-Za-z0-9]*)\}/g;
const secretName = /^secret\.(.+)$/;

/** Fills a text. What is filled in is not looked at again. @returns undefined for a sender that there is none of */
export function fillText(template: string, sms: Sms, credentials: Credentials): string | undefined {
  if (template === '{from}' && sms.from === undefined) return undefined;
  return template.replaceAll(placeholders, (_match, name: string) => {
    const secret = secretName.exec(name)?.[1];
    if (secret !== undefined) return credentials[secret] ?? '';
    return name === 'digits' ? sms.to.replace(/^\+/, '') : (sms[name as keyof Sms] ?? '');
  });
}

/** Fills every text in a value; its shape and its other values stay. */
export function fill(template: unknown, sms: Sms, credentials: Credentials): unknown {
  if (typeof template === 'string') return fillText(template, sms, credentials);
  if (Array.isArray(template)) return template.map((element) => fill(element, sms, credentials));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fill(value, sms, credentials)]));
}

/** The names of the secrets that a template fills in. */
export const secretsIn = (template: unknown): string[] =>
  [...JSON.stringify(template ?? null).matchAll(placeholders)].flatMap(([, name = '']) => secretName.exec(name)?.[1] ?? []);

/** Whether something would be filled into a template. */
export const hasPlaceholder = (template: string): boolean => /\{\w/.test(template);
