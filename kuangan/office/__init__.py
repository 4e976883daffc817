"""The office's day (办公): notices, incoming papers, collections of data, watch, reports, letters and meetings."""
