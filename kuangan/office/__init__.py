"""The office's day (办公): notices, incoming papers, collections of data, watch, reports and meetings. Its letters are procedures of the corpus."""
