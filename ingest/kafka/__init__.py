"""Mentions out to Kafka: one transaction a batch, with the cursor that covers it. The only place that knows kafka-python."""
