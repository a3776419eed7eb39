def name_of(code):
    return code
