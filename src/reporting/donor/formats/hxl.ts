import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../../platform/index.ts';

const node = z.object({
  options: z.array(z.object({ hashtag: z.string().optional(), attribute: z.string().optional(), dest: z.string().optional() })).default([]),
});
/** HXL 1.1 as its tag chooser knows it: questions that lead from a hashtag to the attributes it may have. See seeds/README.md. */
const knowledge = z
  .record(z.string(), node)
  .parse(JSON.parse(readFileSync(join(packageRoot, 'seeds/hxl/hxl-knowledge-base.json'), 'utf8')));

function attributesFrom(place: string | undefined, seen = new Set<string>()): string[] {
  if (place === undefined || seen.has(place)) return [];
  seen.add(place);
  return (knowledge[place]?.options ?? [])
    .filter(({ hashtag }) => hashtag === undefined)
    .flatMap(({ attribute, dest }) => [...(attribute ? [attribute] : []), ...attributesFrom(dest, seen)]);
}

const allowed = new Map<string, Set<string>>();
for (const { options } of Object.values(knowledge)) {
  for (const { hashtag, attribute, dest } of options) {
    if (hashtag === undefined) continue;
    const attributes = allowed.get(hashtag) ?? new Set<string>();
    for (const name of [...(attribute ? [attribute] : []), ...attributesFrom(dest)]) attributes.add(name);
    allowed.set(hashtag, attributes);
  }
}

/** Whether a hashtag may have an attribute; `c_xxx` stands for any currency. */
const mayHave = (attributes: ReadonlySet<string>, name: string): boolean =>
  attributes.has(name) || (attributes.has('c_xxx') && /^c_[a-z]{3}$/.test(name));

/** Whether a tag is one of HXL 1.1 (hxlstandard.org): a known hashtag with attributes that it may have. */
export function isHxlTag(tag: string): boolean {
  const [hashtag = '', ...attributes] = tag.slice(1).split('+');
  const known = allowed.get(hashtag);
  return tag.startsWith('#') && known !== undefined && attributes.every((name) => mayHave(known, name));
}

/** The row of tags of a file. @throws Error when one is none of HXL: such a file is not written */
export function tagRow(tags: readonly string[]): string[] {
  const wrong = tags.find((tag) => !isHxlTag(tag));
  if (wrong !== undefined) throw new Error(`${wrong} is no tag of HXL`);
  return [...tags];
}

/** The columns of a file, 0 being the first, that are of amounts and counts by their tags. */
export const numberColumns = (tags: readonly string[]): ReadonlySet<number> =>
  new Set(tags.flatMap((tag, column) => (/^#(?:value|reached)(?:\+|$)|\+num$/.test(tag) ? [column] : [])));
