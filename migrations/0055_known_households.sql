-- Whether a file continues households that others began. Without that nobody of it is put into one: two lists that each number their
-- households from 1 would join families who have nothing to do with each other.
alter table registration_files add column continues_households boolean not null default false;
grant update (continues_households) on registration_files to sanad_app;
