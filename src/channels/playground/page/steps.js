/**
 * What can be tried next, judged by what the server reports. Everything here does something: `say` types for the person, `open` opens
 * a link, `go` leads to the phone where something has to happen first.
 */

const say = (text) => ({ say: text });

function forCustomer({ customer }, offers, begun) {
  // The greeting comes first, as in every messenger; it has the button to join.
  if (!customer?.memberCode)
    return [
      { word: 'join', ...say(begun ? 'join' : 'start'), main: true },
      { word: 'help', ...say('help') },
    ];
  const parts = { rewards: 'rewards', stamps: 'stamps', tiers: 'tier' };
  const offered = Object.keys(parts).filter((part) => offers?.includes(part));
  // A program of points alone has room for more: elsewhere the balance leads to the history.
  const words = [
    'balance',
    ...offered.map((part) => parts[part]),
    'offers',
    'card',
    ...(offered.length > 0 ? [] : ['history']),
    'help',
  ];
  return words.map((word) => ({ word, ...say(word) }));
}

function forStaff({ customer, staff }, invitation) {
  if (!staff?.role) {
    if (invitation) return [{ word: 'acceptInvitation', open: invitation, main: true }];
    return [
      { word: 'needInvitation', go: 'owner' },
      { word: 'help', ...say('help') },
    ];
  }
  const scan = customer?.memberCode
    ? { word: 'scan', open: { phone: 'staff', payload: `c_${customer.memberCode}` }, main: true }
    : { word: 'needCard', go: 'customer' };
  const coupon = customer?.coupon && { word: 'scanCoupon', open: { phone: 'staff', payload: `u_${customer.coupon}` } };
  return [scan, ...(coupon ? [coupon] : []), { word: 'undo', ...say('undo') }, { word: 'help', ...say('help') }];
}

function forOwner({ owner, staff }, offers, ownerCode) {
  if (owner?.role !== 'owner') {
    const claim = ownerCode && { word: 'claim', open: { phone: 'owner', payload: `own_${ownerCode}` }, main: true };
    return [...(claim ? [claim] : []), { word: 'help', ...say('help') }];
  }
  const first = [
    offers?.length === 0 && { word: 'preset', ...say('program preset'), main: true },
    !staff?.role && { word: 'invite', ...say('team invite staff'), main: true },
  ];
  const words = { team: 'team', rules: 'program', broadcasts: 'broadcast', reports: 'report', verify: 'verify', help: 'help' };
  const rest = Object.entries(words).map(([word, text]) => ({ word, ...say(text) }));
  return [...first.filter(Boolean), ...rest];
}

/** The chips above the keyboard of a phone. */
export function chipsFor(phone, { people, offers, ownerCode }, invitation, begun) {
  if (phone === 'customer') return forCustomer(people, offers, begun);
  return phone === 'staff' ? forStaff(people, invitation) : forOwner(people, offers, ownerCode);
}

/** The tour: six steps, each done or not, with the phone it happens on. */
export function tour({ people, offers, offsetMs }, invitation) {
  const { customer, staff, owner } = people;
  return [
    { word: 'stepJoin', phone: 'customer', done: Boolean(customer?.memberCode) },
    { word: 'stepClaim', phone: 'owner', done: owner?.role === 'owner' },
    { word: 'stepProgram', phone: 'owner', done: offers?.length > 0 },
    { word: 'stepInvite', phone: invitation ? 'staff' : 'owner', done: Boolean(staff?.role) },
    { word: 'stepCredit', phone: 'staff', done: Boolean(customer?.credited) },
    { word: 'stepClock', phone: undefined, done: offsetMs > 0 },
  ];
}
