/**
 * Version 2: organisations with names and limits, API keys with scopes, leases, restrictions and labels of provisioning
 * keys and codes, and when a credential has authenticated for the first time. Lists are JSON. Tables that are found by
 * one text alone keep their rows in that order. Who came before leases existed counts as authenticated. An organisation
 * knows how many sites it has: to count them takes as long as there are many.
 */
export const leases = `
alter table org add column name text;
alter table org add column max_sites integer;
alter table org add column sites integer not null default 0;
alter table org add column audit_after integer not null default 0;
update org set sites = (select count(*) from site where org_id = org.id);
create trigger site_enters after insert on site begin
  update org set sites = sites + 1 where id = new.org_id;
end;
create trigger site_leaves after delete on site begin
  update org set sites = sites - 1 where id = old.org_id;
end;

create table new_api_key (
  id text primary key,
  org_id text references org on delete cascade,
  name text not null,
  secret_hash text not null,
  last_chars text not null,
  scopes text not null,
  created_at integer not null
) strict, without rowid;
insert into new_api_key select id, null, 'first key', secret_hash, '', '["*"]', created_at from api_key;
drop table api_key;
alter table new_api_key rename to api_key;
create index api_key_by_org on api_key (org_id, created_at);

alter table provisioning_key add column reclaim_after integer;
alter table provisioning_key add column site_ttl_offline integer;
alter table provisioning_key add column source_cidrs text not null default '[]';
alter table provisioning_key add column name_pattern text;
alter table provisioning_key add column labels text not null default '[]';
create index provisioning_key_leasing on provisioning_key (id) where reclaim_after is not null;
create index provisioning_key_lab on provisioning_key (id) where site_ttl_offline is not null;

alter table code_batch add column reclaim_after integer;
alter table code_batch add column labels text not null default '[]';
create index code_batch_leasing on code_batch (id) where reclaim_after is not null;
alter table code add column revoked_at integer;
create index code_revoked on code (batch_id, used_at) where revoked_at is not null;
create index code_by_device on code (device_id) where device_id is not null;

alter table site add column labels text not null default '[]';
alter table site add column authenticated_at integer;
update site set authenticated_at = coalesce(last_seen_at, created_at)
  where not exists (select 1 from replay join newt on newt.id = replay.newt_id where newt.site_id = site.id);
create index site_unproven on site (provisioning_key_id, created_at) where authenticated_at is null;
create index site_by_key on site (provisioning_key_id, org_id);
create index site_by_org on site (org_id);
create index site_pending on site (org_id) where status = 'pending';

alter table device add column labels text not null default '[]';
alter table device add column authenticated_at integer;
update device set authenticated_at = coalesce(last_seen_at, created_at)
  where not exists (select 1 from replay where replay.device_id = device.id);
create index device_unproven on device (code_batch_id, created_at) where authenticated_at is null;
create index device_by_mac on device (org_id, lower(json_extract(network, '$.mac_address')));

create table new_session (
  token_hash text primary key,
  newt_id text not null references newt on delete cascade,
  expires_at integer not null
) strict, without rowid;
insert into new_session select * from session;
drop table session;
alter table new_session rename to session;
create index session_by_newt on session (newt_id, expires_at);

create table new_replay (
  subject_id text not null,
  nonce_hash text not null,
  newt_id text unique references newt on delete cascade,
  device_id text unique references device on delete cascade,
  sealed text not null,
  created_at integer not null,
  primary key (subject_id, nonce_hash),
  check ((newt_id is null) <> (device_id is null))
) strict, without rowid;
insert into new_replay select * from replay;
drop table replay;
alter table new_replay rename to replay;

create index audit_by_org on audit (org_id, id);
`;
