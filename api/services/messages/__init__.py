"""Messages to people: the transactional outbox, subscriptions, webhooks and receipts."""
