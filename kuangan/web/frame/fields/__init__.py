"""Forms made of declared fields (``law.field``)."""
