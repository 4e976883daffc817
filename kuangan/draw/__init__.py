"""Random draws (双随机) of mines and officers, published before and after."""
