-- The one message by which an owner watches a broadcast is painted again and again: it is found without looking at every other message.
CREATE INDEX delivery_watched ON delivery (state) WHERE notice = 'broadcast-progress';
