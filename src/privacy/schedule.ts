import type { Db } from '../platform/index.ts';
import type { Category, Place } from './category.ts';
import { programmeIds, rulesAt } from './retention-store.ts';
import { categories, DAY_MS } from './rules.ts';

/** One thing that a run looks after: a category, in a programme where programmes may differ. */
export interface Task extends Place {
  readonly category: Category;
  readonly keepDays: number;
}

/** Everything that the rules of this moment ask for, with the day that each is judged by. */
export async function tasksAt(db: Db, known: readonly Category[], now: Date): Promise<Task[]> {
  const rules = await rulesAt(db, now);
  const programmes = await programmeIds(db);
  return known.flatMap((category) => {
    const { keepDays: shipped, byProgramme } = categories[category.name];
    const places = byProgramme ? programmes : [null];
    return places.map((programmeId) => {
      const own = rules.find((rule) => rule.category === category.name && rule.programmeId === programmeId);
      const forAll = rules.find((rule) => rule.category === category.name && rule.programmeId === null);
      const keepDays = own?.keepDays ?? forAll?.keepDays ?? shipped;
      return { category, programmeId, keepDays, before: new Date(now.getTime() - keepDays * DAY_MS) };
    });
  });
}
