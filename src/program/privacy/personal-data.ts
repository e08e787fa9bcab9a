/**
 * What a table keeps about somebody. `rows` picks theirs (row `t`; `me.people`, `me.cards`: their ids), `hidden` are columns that are not about them: keys,
 * hashes, other people. On erasing they are `deleted`, `wiped` (what says who it was is emptied) or stay `nameless`, as those of a number.
 */
export type PersonalTable = { rows: string; hidden?: readonly string[]; more?: string; erased: 'deleted' | 'wiped' | 'nameless' };

const ofPerson = 't.person_id = ANY (me.people)';
const ofCard = 't.member_id = ANY (me.cards)';
const theirs = (table: string, column: string): string =>
  `t.${column} IN (SELECT x.id FROM ${table} x WHERE x.member_id = ANY (me.cards))`;
const inTheirChats =
  'EXISTS (SELECT 1 FROM address a WHERE a.person_id = ANY (me.people) AND a.channel = t.channel AND a.user_id = t.user_id)';
const deed = ['key', 'request_hash', 'actor_id'];

/** Every table with something about a customer. A test holds it together with the database: a table is here, or among `impersonal`. */
export const personalData: Readonly<Record<string, PersonalTable>> = {
  person: { rows: 't.id = ANY (me.people)', erased: 'wiped' },
  address: { rows: ofPerson, erased: 'deleted' },
  consent: { rows: ofPerson, erased: 'nameless' },
  member: { rows: 't.id = ANY (me.cards)', hidden: ['enrolled_by_id'], erased: 'wiped' },
  wallet: { rows: ofCard, hidden: ['head'], erased: 'nameless' },
  sale: { rows: ofCard, hidden: deed, erased: 'wiped' },
  refund: { rows: theirs('sale', 'sale_id'), hidden: deed, erased: 'wiped' },
  entry: { rows: ofCard, hidden: [...deed, 'hash'], erased: 'nameless' },
  lot: { rows: ofCard, erased: 'nameless' },
  allocation: { rows: theirs('entry', 'entry_id'), erased: 'nameless' },
  carry: { rows: ofCard, erased: 'nameless' },
  pending: { rows: ofCard, erased: 'nameless' },
  payment: { rows: ofCard, hidden: ['key', 'request_hash', 'settled_key', 'asked_by_id'], erased: 'nameless' },
  coupon: { rows: ofCard, hidden: ['key', 'request_hash', 'used_by'], erased: 'nameless' },
  coupon_event: { rows: theirs('coupon', 'coupon_id'), hidden: deed, erased: 'nameless' },
  gift_offer: { rows: theirs('coupon', 'coupon_id'), hidden: ['code_hash', 'used_key'], erased: 'nameless' },
  printed_code: { rows: 't.used_by = ANY (me.cards)', hidden: ['code_hash', 'key'], erased: 'nameless' },
  event_wait: { rows: ofCard, hidden: ['key', 'request_hash', 'end_key'], erased: 'nameless' },
  stamp: { rows: ofCard, hidden: deed, erased: 'nameless' },
  standing: { rows: ofCard, erased: 'nameless' },
  tier_change: { rows: ofCard, hidden: ['key', 'actor_id'], erased: 'nameless' },
  birthday_gift: { rows: ofCard, erased: 'nameless' },
  member_tag: { rows: ofCard, hidden: ['actor_id'], erased: 'deleted' },
  member_fact: { rows: ofCard, erased: 'nameless' },
  member_merge: {
    rows: 't.kept_id = ANY (me.cards) OR t.merged_id = ANY (me.cards)',
    hidden: [...deed, 'undone_key', 'undone_by_id'],
    erased: 'nameless',
  },
  sale_move: { rows: 't.from_id = ANY (me.cards) OR t.to_id = ANY (me.cards)', erased: 'nameless' },
  carry_move: { rows: ofCard, erased: 'nameless' },
  link_code: {
    rows: `${ofPerson} OR t.used_by_id = ANY (me.people)`,
    hidden: ['code_hash', 'used_key', 'actor_id'],
    erased: 'deleted',
  },
  delivery: {
    rows: ofPerson,
    hidden: ['dedupe', 'leased_by', 'lease_until', 'worth'],
    more: `jsonb_build_object('campaign', (SELECT c.name FROM campaign c WHERE c.id = t.campaign_id))`,
    erased: 'wiped',
  },
  campaign_response: { rows: ofCard, hidden: ['key'], erased: 'nameless' },
  campaign_control: { rows: ofCard, erased: 'nameless' },
  journey_ever: { rows: ofCard, erased: 'nameless' },
  approval: {
    rows: `${ofCard} OR t.asker_id = ANY (me.people)`,
    hidden: ['key', 'decided_key', 'asker_id', 'decided_by'],
    erased: 'wiped',
  },
  limit_note: { rows: `${ofCard} OR t.staff_id = ANY (me.people)`, hidden: ['key', 'staff_id'], erased: 'nameless' },
  // Who works here leaves before they can be erased.
  staff: { rows: ofPerson, erased: 'deleted' },
  staff_day: { rows: 't.staff_id = ANY (me.people)', erased: 'nameless' },
  team_change: { rows: ofPerson, hidden: ['actor_id'], erased: 'nameless' },
  invitation: { rows: 't.used_by_id = ANY (me.people)', hidden: ['code_hash', 'inviter_id'], erased: 'nameless' },
  inbox: { rows: inTheirChats, erased: 'wiped' },
  conversation: { rows: inTheirChats, hidden: ['stamp'], erased: 'deleted' },
  poison: {
    rows: `EXISTS (SELECT 1 FROM address a WHERE a.person_id = ANY (me.people) AND a.channel = t.channel AND t.event::text ~ ('\\m' || a.user_id || '\\M'))`,
    erased: 'deleted',
  },
  attempt: {
    rows: `split_part(t.key, ':', -1) IN (SELECT a.user_id FROM address a WHERE a.person_id = ANY (me.people)) OR split_part(t.key, ':', -1) = ANY (me.people::text[])`,
    erased: 'deleted',
  },
  playground_message: {
    rows: `t.mine AND EXISTS (SELECT 1 FROM address a WHERE a.person_id = ANY (me.people) AND a.channel = 'playground' AND a.user_id = t.phone)`,
    erased: 'deleted',
  },
  import_seen: { rows: ofCard, hidden: ['content'], erased: 'nameless' },
  erasure: { rows: ofPerson, hidden: ['key', 'actor_id'], erased: 'nameless' },
};

/** Tables with nothing about a customer, and what is in them. */
export const impersonal: Readonly<Record<string, string>> = {
  program_version: 'the rules of the program',
  tier_relevel: 'when new rules for tiers began to count',
  tier_run: 'when tiers were evaluated',
  reward_stock: 'how many pieces of a reward are given out',
  upload: 'what messengers call our pictures; those of an erased card are deleted by their hash',
  setting: 'pauses that messengers asked for, and the clock',
  code_batch: 'codes on paper, as an owner had them made',
  segment: 'rules that an owner gave a name',
  media: 'pictures that an owner sent',
  message_text: "an owner's words",
  campaign: 'messages to many, as an owner made them',
  campaign_event: 'what an owner did with a campaign',
};
