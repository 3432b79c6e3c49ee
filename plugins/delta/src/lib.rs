//! Delta Lake served to the unmodified `delta-spark` Connect client.
