"""Mentions in Elasticsearch 9: the store of installations that share it with others, with Kibana on top."""

from stores.elasticsearch.connection import Client, connect
from stores.elasticsearch.fates import Indexed
from stores.elasticsearch.index import Indexer
from stores.elasticsearch.store import ElasticStore

__all__ = ["Client", "ElasticStore", "Indexed", "Indexer", "connect"]
