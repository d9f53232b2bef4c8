import { describe, expect, it } from 'vitest';
import { guardsIn } from './migration-guards.ts';

describe('the guards that migrations leave behind', () => {
  it('are those of the last word on each', () => {
    const { triggers, constraints, functions } = guardsIn([
      `create function f() returns trigger language plpgsql as $$ begin return 1; end $$;
      create function g() returns int language sql as $$ select 1 $$; create function h() returns int language sql as $$ select 2 $$;
      create function i() returns int language sql as $$ select 3 $$;
      create table t (id int constraint t_positive check (id > 0), constraint t_odd check (id % 2 = 1)); -- drop trigger kept on t;
      create trigger kept before update or delete on t execute function f();
      create trigger gone before insert on t for each row execute function f();
      create unique index t_once on t (id);`,
      `drop trigger kept on t;
      create trigger kept before update of b, a or delete on t for each row when (old.id is not null) execute function f('a>b', 'b>c');
      alter table t drop constraint t_odd, drop constraint t_positive, add constraint t_positive check (id > 1);
      create or replace function f() returns trigger language plpgsql as $$ begin return 2; end $$;
      drop trigger gone on t;
      drop function g, h;
      drop function i(); create function i() returns int language sql as $$ select 4 $$;`,
    ]);
    expect([...triggers]).toEqual([['t.kept', 'before delete update of (a,b) row when f(a>b,b>c)']]);
    expect([...constraints]).toEqual(['t_once', 't_positive']);
    expect([...functions]).toEqual([
      ['f', ' begin return 2; end '],
      ['i', ' select 4 '],
    ]);
  });

  it('say what the platform may do to a table, by column, and no more', () => {
    const { allows } = guardsIn([
      `grant update (a, b), delete on t to sanad_app;
      grant update on u to sanad_app; grant update (a) on v to somebody_else;`,
      `revoke insert on w from sanad_app; grant insert (a) on w to sanad_app; grant delete on u to sanad_app; revoke delete on u from sanad_app;`,
    ]);
    const of = (table: string) =>
      ['insert a', 'insert b', 'update a', 'update b', 'update c', 'delete', 'truncate', 'trigger'].filter((each) => allows(table, each));
    expect(of('t')).toEqual(['insert a', 'insert b', 'update a', 'update b', 'delete']);
    expect(of('u')).toEqual(['insert a', 'insert b', 'update a', 'update b', 'update c']);
    expect(of('v')).toEqual(['insert a', 'insert b']);
    expect(of('w')).toEqual(['insert a']);
  });
});
