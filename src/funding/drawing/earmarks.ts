import type { FundToDraw, Group, LineToDraw } from './types.ts';

const childhood: readonly string[] = ['0-5', '6-11', '12-17'];

/** The groups that a person is of, by what a line says of them: women and men are those of age. */
export function groupsOf({ sex, ageBand, hasDisability }: Pick<LineToDraw, 'sex' | 'ageBand' | 'hasDisability'>): Group[] {
  const isChild = childhood.includes(ageBand);
  const groups: Group[] = [];
  if (isChild) groups.push('children');
  else if (sex === 'female') groups.push('women');
  else if (sex === 'male') groups.push('men');
  if (ageBand === '60+') groups.push('older_people');
  if (hasDisability) groups.push('people_with_disability');
  return groups;
}

/** Whether a fund is for a line at all, whatever it has left: by its earmarks, and by the day the line is due. */
export function isFor({ startsOn, endsOn, earmarks }: FundToDraw, line: LineToDraw): boolean {
  if ((startsOn !== null && line.dueOn < startsOn) || (endsOn !== null && line.dueOn > endsOn)) return false;
  const { wilayas, kinds, groups } = earmarks;
  if (wilayas.length > 0 && !wilayas.includes(line.wilayaNumber)) return false;
  if (kinds.length > 0 && !kinds.some((kind) => kind === line.kind)) return false;
  return groups.length === 0 || groupsOf(line).some((group) => groups.includes(group));
}
