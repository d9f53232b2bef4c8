import { applicationRole } from '../../platform/index.ts';

/** What the migrations leave behind to guard the tables. */
export interface Guards {
  /** By `table.trigger`, when it is called, whether under a condition, and what it calls. */
  readonly triggers: ReadonlyMap<string, string>;
  readonly constraints: ReadonlySet<string>;
  /** The body of each function. */
  readonly functions: ReadonlyMap<string, string>;
  /** Whether the platform was given a privilege: `delete`, `truncate`, `trigger`, or `insert` and `update` with a column. */
  allows(table: string, privilege: string): boolean;
}

const comment = /--[^\n]*/g;
const aFunction = /create (?:or replace )?function (\w+)[^$]*?\$\$([\s\S]*?)\$\$/gi;
const aTrigger =
  /^create (?:constraint )?trigger (\w+)\s+(before|after)\s+([\s\S]*?)\son (\w+)\b([\s\S]*?)execute function (\w+)\s*\(([\s\S]*)\)$/i;
const droppedFunctions = /^drop function (?:if exists )?([\w,\s]+)/i;
const droppedTrigger = /^drop trigger (?:if exists )?(\w+) on (\w+)/i;
const aConstraint = /\bconstraint (\w+)\s+(?:check|unique|primary key|foreign key|exclude)/gi;
const aUniqueIndex = /^create unique index (\w+)\s+on/i;
const droppedConstraint = /drop constraint (?:if exists )?(\w+)/gi;
const aPrivilege = /^(grant|revoke) ([\s\S]+?) on (?:table )?(\w+) (?:to|from) (\w+)$/i;
const someColumns = /(\w+)\s*(?:\(([^)]*)\))?/g;

const listed = (names: string): string[] => names.split(',').map((name) => name.trim());

/** Reads the guards out of migrations, in their order: what a later statement drops or takes away is no longer asked for. */
export function guardsIn(migrations: readonly string[]): Guards {
  const triggers = new Map<string, string>();
  const constraints = new Set<string>();
  const functions = new Map<string, string>();
  const granted = new Set<string>();
  const revoked = new Set<string>();
  for (const text of migrations) {
    const statements = text
      .replace(aFunction, '')
      .replace(comment, '')
      .split(';')
      .map((each) => each.trim());
    // A function that is dropped to be made anew is there in the end.
    for (const statement of statements) for (const name of listed(droppedFunctions.exec(statement)?.[1] ?? '')) functions.delete(name);
    for (const [, name = '', body = ''] of text.matchAll(aFunction)) functions.set(name, body);
    for (const statement of statements) {
      const [, dropped, from] = droppedTrigger.exec(statement) ?? [];
      if (dropped) triggers.delete(`${from}.${dropped}`);
      const trigger = aTrigger.exec(statement);
      if (trigger) triggers.set(`${trigger[4]}.${trigger[1]}`, termsOf(trigger));
      for (const [, name = ''] of statement.matchAll(droppedConstraint)) constraints.delete(name);
      for (const [, name = ''] of statement.matchAll(aConstraint)) constraints.add(name);
      const [, index] = aUniqueIndex.exec(statement) ?? [];
      if (index) constraints.add(index);
      const [, verb, privileges = '', table, role] = aPrivilege.exec(statement) ?? [];
      if (verb && role === applicationRole) note(verb.toLowerCase() === 'grant', `${table}`, privileges);
    }
  }

  function note(isGranted: boolean, table: string, privileges: string): void {
    for (const [, privilege = '', columns] of privileges.matchAll(someColumns)) {
      for (const column of columns ? listed(columns) : ['*']) {
        const held = `${table} ${privilege.toLowerCase()} ${column}`;
        (isGranted ? granted : revoked).add(held);
        (isGranted ? revoked : granted).delete(held);
      }
    }
  }

  return {
    triggers,
    constraints,
    functions,
    allows(table, privilege) {
      const [verb, column = '*'] = privilege.split(' ');
      if (granted.has(`${table} ${verb} *`) || granted.has(`${table} ${verb} ${column}`)) return true;
      // Every table may be added to, unless it is said otherwise.
      return verb === 'insert' && !revoked.has(`${table} insert *`);
    },
  };
}

const eventOrder = ['insert', 'delete', 'update', 'truncate'];

/** A trigger as `verifyGuards` reads it from the database: its time, its events and columns, its level, whether it has a condition, its call. */
function termsOf([, , time = '', events = '', , terms = '', called = '', given = '']: RegExpExecArray): string {
  const [, columns] = /\bof\s+([\w\s,]+?)(?:\s+or\s|$)/i.exec(events) ?? [];
  const isOn = (event: string) => new RegExp(`\\b${event}\\b`, 'i').test(events.replace(/\bof\s+[\w\s,]+?(?=\s+or\s|$)/i, ''));
  return [
    time.toLowerCase(),
    ...eventOrder.filter(isOn),
    ...(columns ? [`of (${listed(columns).sort().join(',')})`] : []),
    /for each row/i.test(terms) ? 'row' : 'statement',
    ...(/\bwhen\s*\(/i.test(terms) ? ['when'] : []),
    `${called}(${[...given.matchAll(/'([^']*)'/g)].map(([, argument]) => argument).join(',')})`,
  ].join(' ');
}
