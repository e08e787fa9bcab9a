/** Where somebody is for one messenger: `user` is who they are, `chat` where messages to them go. `home`: the place that always shows their card. */
export type Address = { channel: string; user: string; chat: string; home?: true };

/** A message we sent, as its channel names it. */
export type MessageRef = { chat: string; id: string };

/** A file a person sent, not yet fetched. */
export type FileRef = { id: string; bytes?: number; read(): Promise<Uint8Array> };

/**
 * Whatever happened in a messenger, as the text the person would have typed: a message, a slash command, a deep link
 * (`start c_K7Q29XMP5`), the text a button stands for.
 */
export type Inbound = {
  /** Stable per event, however often it is delivered: `telegram-<update_id>`, `slack-<event_id>`. At most 100 characters. */
  id: string;
  from: Address;
  /** As the messenger shows it; shown back as it is, escaped by the renderers. */
  name: string;
  /** The language of their client (BCP 47), when the messenger tells. */
  language?: string;
  /** `group`: others read along. `home`: they opened the place that shows their card. */
  place: 'direct' | 'group' | 'home';
  text: string;
  /** Set for a button press: the message the button stands under. */
  pressed?: MessageRef;
  photo?: FileRef;
  /** A phone number that the person shared from their own contact. */
  contact?: { phone: string };
};
