-- In which row of the file each row of a chunk stands, as a spreadsheet shows it. Those of chunks from before are numbered from 1 on, without
-- the header.
alter table registration_chunks add column file_rows int[],
  add constraint registration_chunks_every_row_placed check (cardinality(file_rows) = row_count and array_position(file_rows, null) is null);

-- [{"name", "isVisible", "rowCount", "isWhole"}]: what a workbook holds beside the sheet that was read.
alter table registration_files add column sheets_beside jsonb not null default '[]';

-- {"header": "day_first" | "month_first"}: what somebody has said of the dates of a column; what the column shows by itself stands in columns.
alter table registration_files add column date_orders jsonb not null default '{}',
  add constraint registration_files_known_orders check (jsonb_typeof(date_orders) = 'object'
    and not jsonb_path_exists(date_orders, '$.* ? (@.type() != "string" || @ != "day_first" && @ != "month_first")'));
grant update (date_orders) on registration_files to sanad_app;
alter table column_mappings add column date_orders jsonb not null default '{}',
  add constraint column_mappings_known_orders check (jsonb_typeof(date_orders) = 'object'
    and not jsonb_path_exists(date_orders, '$.* ? (@.type() != "string" || @ != "day_first" && @ != "month_first")'));
grant update (date_orders) on column_mappings to sanad_app;
