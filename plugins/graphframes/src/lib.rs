//! Graph algorithms served to the unmodified `graphframes-py` Connect client.
