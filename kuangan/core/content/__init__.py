"""What an uploaded file really is, judged by its bytes; names and declared types are only compared with that."""

from kuangan.core.content.names import clean_name
from kuangan.core.content.recognise import MEDIA_TYPES, recognise

__all__ = ["MEDIA_TYPES", "clean_name", "recognise"]
