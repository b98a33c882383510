"""Bodies of requests and responses: their forms, their reading and their writing."""
