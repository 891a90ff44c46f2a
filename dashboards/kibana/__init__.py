"""The dashboards in a Kibana: put there, compared, taken away. Only ``connection`` knows Kibana's client."""
