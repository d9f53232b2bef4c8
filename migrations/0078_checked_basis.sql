-- What the comparisons of a dry run went by: who had been entered last, and which rules and weights held. As long as it is the same, a run may rely on it.
alter table registration_files add column checked_basis text;
grant update (checked_basis) on registration_files to sanad_app;
